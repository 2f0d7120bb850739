import { describe, expect, it } from "vitest";
import { readCatalogue, type Catalogue } from "../../src/catalogue/index.js";
import { readSubject } from "../../src/cli/subject.js";
import { DerivedKeys, subjectTokens } from "../../src/identity/index.js";

const secrets = {
  current: () => 2,
  secret: (_: string, number: number) => new Uint8Array(32).fill(number),
  numbers: () => [1, 2],
};
const derived = new DerivedKeys(secrets);
const tokens = (scheme: string, key: string | number, number: number) =>
  subjectTokens(derived, "rivemont", scheme, [key], number);

function catalogue(): Catalogue {
  const sdl = `
    type Resident @dataset(source: "s", from: "public.r", status: SHARED) @key(fields: "number") @subject(scheme: "resident", field: "number") { number: Int }
    type Member @dataset(source: "s", from: "public.m", status: SHARED) @key(fields: "code") @subject(scheme: "member", field: "code") { code: String }
  `;
  const read = readCatalogue(sdl, { file: "schema.graphql", sources: new Set(["s"]) });
  if (read.catalogue === null) throw new Error(JSON.stringify(read.faults));
  return read.catalogue;
}

describe("a person as staff name one", () => {
  it("is searched under every live secret, in the type that the key has", () => {
    const known = catalogue();
    const found = readSubject("resident:123", "rivemont", derived, known);
    expect([...found.tokens].sort()).toEqual([...tokens("resident", 123, 1), ...tokens("resident", 123, 2)].sort());
    expect([found.token]).toEqual(tokens("resident", 123, 2));
    expect(readSubject("member:0123", "rivemont", derived, known).tokens).toEqual([
      ...tokens("member", "0123", 1),
      ...tokens("member", "0123", 2),
    ]);
    // A key may hold a colon; only the first one parts.
    expect(readSubject("member:a:b", "rivemont", derived, known).token).toBe(tokens("member", "a:b", 2)[0]);
  });

  it("is searched as what it looks like where no map is in force", () => {
    expect(readSubject("resident:7", "rivemont", derived, null).tokens).toHaveLength(4);
    expect(readSubject("resident:x7", "rivemont", derived, null).tokens).toHaveLength(2);
  });

  it("of an unknown scheme is said to be so", () => {
    expect(readSubject("residnet:7", "rivemont", derived, catalogue()).unknown).toEqual({ meant: "resident" });
    expect(readSubject("resident:7", "rivemont", derived, catalogue()).unknown).toBeNull();
  });

  it.each(["resident", ":7", "resident:", "a b:7", ""])("is not %j, and the error does not repeat it", (text) => {
    expect(() => readSubject(text, "rivemont", derived, null)).toThrow(
      "--subject takes a person as SCHEME:KEY, such as resident:123.",
    );
  });
});

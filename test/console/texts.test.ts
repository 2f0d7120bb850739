import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { dictionaries, type Dictionary } from "../../console/src/app/texts.js";
import { home } from "../house/tracked-files.js";

const source = join(home, "console/src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
const textFiles = files.filter((name) => /texts\.ts$/.test(name) && name !== "app/texts.ts");

beforeAll(async () => {
  for (const name of textFiles) await import(join(source, name));
});

const all = (): [name: string, fr: Dictionary, en: Dictionary][] =>
  [...dictionaries].map(([name, { fr, en }]) => [name, fr, en]);

/** `{{count, number}}` → `count`. */
const filled = (text: string): string[] => [...text.matchAll(/\{\{(\w+)/g)].map(([, name = ""]) => name).sort();

describe("the texts of the console", () => {
  it("are those of every page, each file with a namespace of its own", () => {
    expect(dictionaries.size).toBe(textFiles.length);
    expect(dictionaries.size).toBeGreaterThan(1);
  });

  it("have the same keys in both languages, none empty, filled in with the same values", () => {
    for (const [name, fr, en] of all()) {
      expect(Object.keys(en).sort(), name).toEqual(Object.keys(fr).sort());
      for (const [key, text] of Object.entries(fr)) {
        expect([text.trim(), (en[key] ?? "").trim()], `${name}.${key}`).not.toContain("");
        expect(filled(en[key] ?? ""), `${name}.${key}`).toEqual(filled(text));
      }
    }
  });

  it("come in pairs where they count", () => {
    for (const [name, fr] of all())
      for (const key of Object.keys(fr).filter((each) => /_(one|other)$/.test(each)))
        expect(Object.keys(fr), `${name}.${key}`).toContain(key.replace(/_(one|other)$/, key.endsWith("_one") ? "_other" : "_one")); // prettier-ignore
  });

  it("have in French the spaces that French has, and the apostrophes of print", () => {
    for (const [name, fr] of all())
      for (const [key, text] of Object.entries(fr)) {
        const plain = text.replaceAll(/https?:\S+|\{\{[^}]*\}\}|\S+:\S+/g, "x");
        expect(/[^\u00a0\u202f\s][:;!?»](\s|$)|« |[a-zà-ÿ]'/iu.test(plain), `${name}.${key}: ${text}`).toBe(false);
      }
  });

  it("are each said somewhere: a text that nothing shows is not kept up to date", () => {
    const code = files.filter((name) => !textFiles.includes(name)).map((name) => readFileSync(join(source, name), "utf8")).join("\n"); // prettier-ignore
    // `right_${right}` says every text that begins so.
    const stems = [...code.matchAll(/`(\w+_)\$\{/g)].map(([, stem = ""]) => stem);
    const unsaid = all().flatMap(([name, fr]) =>
      [...new Set(Object.keys(fr).map((key) => key.replace(/_(one|other)$/, "")))]
        .filter((key) => !new RegExp(`["']${key}["']|[{,]\\s*${key}:`).test(code))
        .filter((key) => !stems.some((stem) => key.startsWith(stem)))
        .map((key) => `${name}.${key}`),
    );
    expect(unsaid).toEqual([]);
  });
});

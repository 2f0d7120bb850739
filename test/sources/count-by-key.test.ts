// A count that no service makes for us reads of each row its key, and nothing else (law 2).
import { expect, it } from "vitest";
import { checkedSource, type Source } from "../../src/sources/index.js";
import { restSource } from "../../src/sources/rest/index.js";
import { httpStand } from "./http-stand.js";
import { unbounded } from "./memory-source.js";

const key = [{ name: "code", type: "String" as const }];
const sizes = { fields: { param: "fields", style: "comma" as const } };

async function counting(codes: readonly string[], count: (source: Source, asked: string[]) => Promise<void>) {
  const asked: string[] = [];
  const stand = await httpStand((request, response) => {
    asked.push(new URL(request.url ?? "", "http://service").searchParams.get("fields") ?? "everything");
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(codes.map((code) => ({ code, holder: "Jeanne Dupont" }))));
  });
  const source = checkedSource(restSource({ name: "parking", url: stand.origin, lists: { "car-parks": sizes } }));
  try {
    await count(source, asked);
  } finally {
    await stand.close();
  }
}

it("tells a REST service the key to send", () =>
  counting(["a", "b"], async (source, asked) => {
    expect(await source.count({ from: "car-parks", filter: null, key }, unbounded())).toBe(2);
    expect(asked).toEqual(["code"]);
  }));

it("counts no row twice", () =>
  counting(["a", "b", "a"], async (source) => {
    const counted = source.count({ from: "car-parks", filter: null, key }, unbounded());
    await expect(counted).rejects.toMatchObject({ reason: "invalid-answer" });
  }));

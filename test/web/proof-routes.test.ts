// What is served for whoever checks: the page, and an application's own proofs.
import { afterEach, expect, it } from "vitest";
import { evidencePage } from "../../src/accesslog/index.js";
import { openTown, type Town } from "./town-gateway.js";

let town: Town | undefined;
afterEach(async () => {
  await town?.close();
});

const log = {
  checkpoint: () => Promise.resolve(null),
  tile: () => Promise.resolve(null),
  handIn: () => Promise.resolve("malformed" as const),
};

it("serves the page that checks evidence, which can load and send nothing", async () => {
  town = await openTown({ log });
  const answer = await fetch(`${town.address}/log/verify`);
  expect(await answer.text()).toBe(evidencePage());
  const policy = answer.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|connect-src/);
  expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
});

it("hands a request for a proof on with its key and every line of its headers, and what comes back as it is", async () => {
  const asked: unknown[] = [];
  town = await openTown({
    prove: ({ tenant, method, headers }, entry) => {
      asked.push([tenant, method, headers.get("authorization"), entry]);
      return Promise.resolve({ status: 200, headers: { "content-type": "text/plain", "cache-control": "no-store" }, body: "proof" }); // prettier-ignore
    },
  });
  const answer = await fetch(`${town.address}/log/rivemont/proof/an-id`, { headers: { authorization: "Bearer k" } });
  expect([answer.status, await answer.text(), answer.headers.get("cache-control")]).toEqual([200, "proof", "no-store"]);
  expect(asked).toEqual([["rivemont", "GET", "Bearer k", "an-id"]]);
  expect((await fetch(`${town.address}/log/elsewhere/proof/an-id`)).status).toBe(404);
  expect((await fetch(`${town.address}/log/rivemont/proof/an-id`, { method: "POST" })).status).toBe(404);
});

it("says nothing of what went wrong", async () => {
  town = await openTown({ prove: () => Promise.reject(new Error("a value of a person")) });
  const answer = await fetch(`${town.address}/log/rivemont/proof/an-id`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("person");
  expect(JSON.stringify(town.events)).not.toContain("a value of a person");
});

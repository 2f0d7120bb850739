import { expect, it } from "vitest";
import { fire } from "./fire.js";

it("answers each of 32 clients by one version, the one its entry names, over 200 changes", async () => {
  const { misfits, answers, entries, versionsSeen, acrossAChange } = await fire(32, 200);
  expect(misfits).toEqual([]);
  expect(entries).toBe(answers);
  expect(versionsSeen).toBeGreaterThan(90);
  expect(acrossAChange).toBeGreaterThan(200);
});

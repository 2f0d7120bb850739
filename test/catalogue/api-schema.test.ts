import { validateSchema } from "graphql";
import { expect, test } from "vitest";
import { deriveApiSchema } from "../../src/catalogue/index.js";
import { fullAbilities, read } from "./reading.js";

test("x", () => {
  const c = read(
    `type Resident @dataset(source: "families", from: "public.residents", status: SHARED) @key(fields: "number") { number: Int name: String loans: [Loan!] @link(from: ["number"], to: ["resident_id"]) } type Loan @dataset(source: "families", from: "l", status: SHARED) @key(fields: "n") { n: Int at: DateTime r: Resident @link(from: ["resident_id"], to: ["number"]) }`,
  );
  const s = deriveApiSchema(c, () => fullAbilities);
  expect(validateSchema(s)).toEqual([]);
});

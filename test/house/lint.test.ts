import { join } from "node:path";
import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";
import { home } from "./tracked-files.js";

const eslint = new ESLint({ cwd: home });

/** Rules that the text breaks when it stands in a file of ours (which must exist: rules ask the type checker). */
async function broken(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: join(home, file) });
  return [...new Set((result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message))].sort();
}

const room = "src/terms/names.ts";

// Law 4 rests on promises being waited for, the configuration on one reader of the environment.
describe("lint rules", () => {
  // prettier-ignore
  it.each([
    ["a property of process.env", `export const a = process.env["HOME"];`, "no-restricted-properties"],
    ["process.env taken apart", `const { env } = process;\nexport const a = env;`, "no-restricted-properties"],
    ["process.env by its global", `export const a = globalThis.process.env["HOME"];`, "no-restricted-syntax"],
    ["process.env by name", `export const a = process["env"];`, "no-restricted-properties"],
    ["env imported", `import { env } from "node:process";\nexport const a = env;`, "no-restricted-imports"],
    ["a promise let go", `export function a(): void {\n  Promise.resolve();\n}`, "@typescript-eslint/no-floating-promises"],
    ["a promise taken for a truth", `export const a = (p: Promise<boolean>): number => (p ? 1 : 2);`, "@typescript-eslint/no-misused-promises"],
    ["any", `export const a = (b: any): unknown => b;`, "@typescript-eslint/no-explicit-any"],
    ["a word to the terminal", `console.log("a");`, "no-console"],
    ["chance", `export const a = Math.random();`, "no-restricted-properties"],
    ["a default export", `export default 1;`, "no-restricted-syntax"],
    ["a function put into a property as it is written", `export const a = (b: { c?: () => number }): void => {\n  b.c = () => 1;\n};`, "no-restricted-syntax"],
    ["the same by a computed name, where it is unset", `export const a = (b: { c?: () => number }): void => {\n  b["c"] ??= (() => 1);\n};`, "no-restricted-syntax"],
    ["the same under another type", `export const a = (b: { c?: () => number }): void => {\n  b.c = (() => 1) as () => number;\n};`, "no-restricted-syntax"],
    ["a field that holds a function", `export class A {\n  readonly b = (): number => 1;\n}`, "no-restricted-syntax"],
    ["a case forgotten", `export function a(b: "x" | "y"): number {\n  switch (b) {\n    case "x":\n      return 1;\n  }\n  return 2;\n}`, "@typescript-eslint/switch-exhaustiveness-check"],
  ])("refuse %s in a room", async (_, text, rule) => {
    expect(await broken(room, text)).toContain(rule);
  }, 60_000);

  it("let plain code be", async () => {
    expect(await broken(room, `export const a = async (): Promise<number> => Promise.resolve(1);\n`)).toEqual([]);
  }, 60_000);
});

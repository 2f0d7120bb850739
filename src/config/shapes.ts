// Shapes that every part of gateway.yaml uses.
import * as z from "zod";

/** What the check of an address depends on, besides the address. */
export interface AddressContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Null where the demo's addresses (`embedded:`, `demo:`) may stand, else why not. */
  readonly demoRefused: string | null;
}

const namePattern = /^[a-z][a-z0-9-]{0,62}$/;

/** Checks across keys run beside the others, whatever these found: every mistake is told at once. */
export const alwaysWhen = <T>(is: (value: unknown) => value is T) => ({
  when: ({ value }: { readonly value: unknown }): boolean => is(value),
});
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A mapping whose keys are names. */
export function named<T extends z.ZodType>(what: string, values: T, reserved: readonly string[] = []) {
  return z
    .record(z.string(), values)
    .superRefine((entries, issues) => {
      for (const key of Object.keys(entries)) {
        const message = !namePattern.test(key)
          ? `${what} is small letters, digits and "-", beginning with a letter`
          : reserved.includes(key)
            ? "this name is one of the gateway's own: choose another"
            : null;
        if (message !== null) issues.addIssue({ code: "custom", path: [key], message, params: { onKey: true } });
      }
    }, alwaysWhen(isRecord))
    .meta({ propertyNames: { pattern: namePattern.source } });
}

export const text = (what: string) => z.string().trim().min(1).describe(what);
export const count = (what: string, usual: number, most: number, least = 1) =>
  z
    .int()
    .min(least)
    .max(most)
    .default(usual)
    .describe(`${what} Default: ${String(usual)}.`);

/** A path of the town folder: everything a town writes lies in it. */
export const inside = z.string().regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$))[^\\]+$/, {
  error: 'must be a path inside the town folder, with "/" and without ".."',
});

/** A text that is wrong where `fault` says why; what leaves holds the variable's value in place of `env:NAME`. */
export const resolvedText = (env: AddressContext["env"], fault: (written: string) => string | null) =>
  z
    .string()
    .superRefine((written, issues) => {
      const message = fault(written);
      if (message !== null) issues.addIssue({ code: "custom", message });
    })
    .transform((written) => (written.startsWith(envPrefix) ? (env[written.slice(envPrefix.length)] ?? "") : written));

const envPrefix = "env:";

/** Of a text written `env:NAME`: the variable's value, or what is wrong with it. Null for any other text. */
export function environmentValue(
  written: string,
  env: AddressContext["env"],
): { readonly value: string; readonly variable: string } | { readonly fault: string } | null {
  if (!written.startsWith(envPrefix)) return null;
  const variable = written.slice(envPrefix.length);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable))
    return { fault: "env: needs the name of an environment variable, like env:FAMILIES_URL" };
  const value = env[variable];
  if (value === undefined || value === "") return { fault: `the environment variable ${variable} is not set` };
  return { value, variable };
}

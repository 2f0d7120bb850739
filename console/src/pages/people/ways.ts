// The ways in which a person can be found in a register: each key that is enough by itself, and the others together.
import type { KeyGiven, Register } from "./registers.js";

type Key = Register["keys"][number];

export interface Way {
  readonly name: string;
  readonly keys: readonly Key[];
}

export function waysOf({ keys }: { readonly keys: readonly Key[] }): readonly Way[] {
  const together = keys.filter(({ alone }) => !alone);
  return [
    ...keys.filter(({ alone }) => alone).map((key) => ({ name: key.name, keys: [key] })),
    ...(together.length === 0 ? [] : [{ name: together.map(({ name }) => name).join("+"), keys: together }]),
  ];
}

export type KeyFault = "required" | "two" | "badNumber";

/** Of several keys, two tell a person apart well enough to be looked for: a name and a birth date, or a first name. */
const enough = 2;

/** What was typed, as it is to be asked; or what is wrong, by key. */
export function readKeys(
  way: Way,
  typed: Readonly<Record<string, string>>,
): { readonly by: readonly KeyGiven[] } | { readonly faults: Readonly<Record<string, KeyFault>> } {
  const all = way.keys.map(({ name, kind }) => ({ name, kind, value: (typed[name] ?? "").trim() }));
  const by = all.filter(({ value }) => value !== "");
  const missing = by.length < Math.min(enough, all.length);
  const faults = all.flatMap(({ name, kind, value }): [string, KeyFault][] => {
    if (value === "") return missing ? [[name, all.length === 1 ? "required" : "two"]] : [];
    // People copy `103 396` from a letter.
    return kind === "NUMBER" && !/^\d+$/.test(value.replaceAll(/\s/g, "")) ? [[name, "badNumber"]] : [];
  });
  if (faults.length > 0) return { faults: Object.fromEntries(faults) };
  return {
    by: by.map(({ name, kind, value }) => ({ name, value: kind === "NUMBER" ? value.replaceAll(/\s/g, "") : value })),
  };
}

// The masks that there are: how each is written, on which types of value it can stand, and what it does, in words. What
// they do to a value is gateway/masks.ts; docs/policies.md has this table, and a test holds the two equal.
import { scalarOf, type Member } from "../catalogue/index.js";
import type { ScalarType } from "../terms/index.js";
import type { Mask } from "./grant.js";

export interface MaskKind {
  /** `round`, of `round:50`. */
  readonly name: string;
  /** The whole number after the colon, and its bounds; null: there is none. */
  readonly number: { readonly least: number; readonly most: number } | null;
  /** Types of values; null: whatever it is, links among them. */
  readonly types: readonly ScalarType[] | null;
  /** What leaves, as part of a sentence. @param n as written */
  words(n: string): string;
  /** For an editor: those that are meant most often. */
  readonly offered: readonly Mask[];
  readonly example: { readonly mask: Mask; readonly before: string; readonly after: string };
}

const dates: readonly ScalarType[] = ["Date", "DateTime"];
const values: readonly ScalarType[] = ["String", "Int", "SafeInt", "Float", "Boolean", "Date", "DateTime", "GeoJSON"];

export const maskKinds: readonly MaskKind[] = [
  {
    name: "-",
    number: null,
    types: null,
    words: () => "as it is (no mask)",
    offered: ["-"],
    example: { mask: "-", before: "2014-03-17", after: "2014-03-17" },
  },
  {
    name: "year",
    number: null,
    types: dates,
    words: () => "the first day of its year",
    offered: ["year"],
    example: { mask: "year", before: "2014-03-17", after: "2014-01-01" },
  },
  {
    name: "month",
    number: null,
    types: dates,
    words: () => "the first day of its month",
    offered: ["month"],
    example: { mask: "month", before: "2014-03-17", after: "2014-03-01" },
  },
  {
    name: "round",
    number: { least: 1, most: 1_000_000_000 },
    types: ["Int", "SafeInt", "Float"],
    words: (n) => `the nearest multiple of ${n}`,
    offered: ["round:10", "round:100", "round:1000"],
    example: { mask: "round:50", before: "1234", after: "1250" },
  },
  {
    name: "truncate",
    number: { least: 1, most: 100 },
    types: ["String"],
    words: (n) => (n === "1" ? "its first character" : `its first ${n} characters`),
    offered: ["truncate:1", "truncate:2", "truncate:3"],
    example: { mask: "truncate:2", before: "89100", after: "89" },
  },
  {
    name: "initial",
    number: null,
    types: ["String"],
    words: () => "its first letter and a full stop",
    offered: ["initial"],
    example: { mask: "initial", before: "Martin", after: "M." },
  },
  {
    name: "geo",
    number: { least: 0, most: 6 },
    types: ["GeoJSON", "Float"],
    words: (n) => `its place to ${n} ${n === "1" ? "decimal" : "decimals"} of a degree`,
    offered: ["geo:1", "geo:2", "geo:3"],
    example: { mask: "geo:2", before: "48.19815", after: "48.2" },
  },
  {
    name: "redact",
    number: null,
    types: ["String"],
    words: () => "••• instead of any text",
    offered: ["redact"],
    example: { mask: "redact", before: "Martin", after: "•••" },
  },
  {
    name: "aggregate",
    number: null,
    types: values,
    words: () => "in statistics only, never a value",
    offered: ["aggregate"],
    example: { mask: "aggregate", before: "1234", after: "(nothing)" },
  },
];

/** As a rule writes them: `round:n`. */
export const maskForms: readonly string[] = maskKinds.map(formOf);

/** `round:n` */
function formOf({ name, number }: MaskKind): string {
  return number === null ? name : `${name}:n`;
}

interface MaskParts {
  readonly kind: MaskKind;
  /** 0 where the kind has none. */
  readonly n: number;
}

const written = /^([a-z]+|-)(?::(.*))?$/;

/** Null: no mask is written so. One spelling for one mask: `round:050` is none. */
export function readMask(text: string): Mask | null {
  return partsOf(text) === null ? null : (text as Mask);
}

function partsOf(text: string): MaskParts | null {
  const [, name, number] = written.exec(text) ?? [];
  const kind = maskKinds.find((known) => known.name === name);
  if (kind === undefined || (kind.number === null) !== (number === undefined)) return null;
  if (kind.number === null || number === undefined) return { kind, n: 0 };
  if (!/^(?:0|[1-9]\d{0,9})$/.test(number)) return null;
  const n = Number(number);
  return n >= kind.number.least && n <= kind.number.most ? { kind, n } : null;
}

/** The kind of a mask that was read, and its number. */
export function maskParts(mask: Mask): MaskParts {
  const parts = partsOf(mask);
  if (parts === null) throw new Error("no such mask");
  return parts;
}

/** What leaves under it: `the nearest multiple of 50`. */
export function maskWords(mask: Mask): string {
  const { kind, n } = maskParts(mask);
  return kind.words(String(n));
}

export function maskFits(mask: Mask, member: Member): boolean {
  const { kind, n } = maskParts(mask);
  if (kind.types === null) return true;
  const type = scalarOf(member);
  if (type === null || !kind.types.includes(type)) return false;
  // A whole number is its own nearest multiple of 1: such a mask would hide nothing.
  return kind.name !== "round" || n > 1 || type === "Float";
}

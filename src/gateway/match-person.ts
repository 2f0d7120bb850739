// Whether a row of a register is the person of some verified claims. As tolerant as a clerk with two documents in hand, and
// never more: a comparison that could take one person for another's neighbour is left out. Pure.
import type { Value } from "../terms/index.js";

/** What a claim is compared with: cells of one row, in the order of the fields that gateway.yaml lists for it. */
export interface ClaimCells {
  readonly claim: string;
  readonly cells: readonly Value[];
}

/** Two claims of one thing: the name at birth and the name in use. Where both are listed, one of them must match. */
const surnames: ReadonlySet<string> = new Set(["family_name", "preferred_username"]);

/** Every claim must match one of its cells; of the two surnames, one must. */
export function isPerson(claims: Readonly<Record<string, unknown>>, row: readonly ClaimCells[]): boolean {
  const matches = ({ claim, cells }: ClaimCells): boolean => {
    const said = claims[claim];
    return cells.some((cell) => cell !== null && isSameClaim(claim, said, cell));
  };
  const names = row.filter(({ claim }) => surnames.has(claim));
  const others = row.filter(({ claim }) => !surnames.has(claim));
  return names.some(matches) && others.length > 0 && others.every(matches);
}

/** Whether a cell of a register is what is said of a person. */
export function isSameClaim(claim: string, said: unknown, cell: NonNullable<Value>): boolean {
  if (typeof said !== "string" && typeof said !== "number" && typeof said !== "boolean") return false;
  const [one, other] = [String(said).trim(), String(cell).trim()];
  if (one === "" || other === "") return false;
  if (surnames.has(claim)) return isSameWord(letters(one), letters(other));
  if (claim === "given_name") return isSameGivenName(one, other);
  if (claim === "gender") return genderOf(one) !== null && genderOf(one) === genderOf(other);
  return one === other;
}

/** Nothing but marks is no name: two of them are not the same. */
const isSameWord = (one: string, other: string): boolean => one !== "" && one === other;

/**
 * Letters alone, without case and accents: hyphens, apostrophes and spaces are where people and registers differ
 * (`LE GALL`, `Le-Gall`, `N'Diaye`).
 */
const letters = (text: string): string =>
  text
    .replace(/[œŒ]/g, "oe")
    .replace(/[æÆ]/g, "ae")
    .replace(/ß/g, "ss")
    .replace(/[øØ]/g, "o")
    .replace(/[łŁ]/g, "l")
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .toLowerCase();

/** Given names are parted by spaces or commas; a hyphen makes one name of two. */
const givenNames = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .map(letters)
    .filter((name) => name !== "");

/**
 * The first given name decides; the others are only compared where the register writes a double name without its hyphen
 * (`Jean Luc` is `Jean-Luc Marie`, and `Jean-Luc` is `Jean Luc Marie`).
 */
function isSameGivenName(said: string, cell: string): boolean {
  const [saidNames, cellNames] = [givenNames(said), givenNames(cell)];
  const [first, kept] = [saidNames[0], cellNames[0]];
  if (first === undefined || kept === undefined) return false;
  return first === kept || cellNames.join("") === first || kept === saidNames.slice(0, 2).join("");
}

const genders = new Map([
  ...["male", "m", "h", "homme", "masculin", "1"].map((word) => [word, "male"] as const),
  ...["female", "f", "femme", "feminin", "2"].map((word) => [word, "female"] as const),
]);
const genderOf = (word: string): string | null => genders.get(letters(word)) ?? null;

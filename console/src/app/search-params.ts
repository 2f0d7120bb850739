// What stands behind `?` in the addresses of the console.

/** Only addresses of the console: anything else could lead people who just signed in to another site. */
export const backTo = (text: unknown): string | undefined =>
  typeof text === "string" && /^\/console\/(?!\/)[^\\]*$/.test(text) ? text : undefined;

/** A number in an address is read as one: it may be meant as a text. */
export const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined;

/** Without keys that say nothing: an address holds what was chosen. */
export function chosen<Search extends object>(search: {
  [Key in keyof Search]: Search[Key] | undefined;
}): Partial<Search> {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as Partial<Search>;
}

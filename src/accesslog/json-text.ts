// Texts and numbers as RFC 8785 writes them, section 3.2.2: as JSON.stringify does, but for what has no form in UTF-8.

/** Nothing in it is escaped, and nothing takes more than one byte. */
const plain = /^[ !#-[\]-~]*$/;

/** @throws TypeError for half of a surrogate pair */
export function quoted(value: string): string {
  if (plain.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError("a string with a lone surrogate has no UTF-8 form");
  return JSON.stringify(value);
}

/** @throws TypeError for what is not finite */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError("a number that is not finite has no JSON form");
  return `${value}`;
}

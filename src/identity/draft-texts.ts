// What people typed: checked to be text, and shown back.
import { RegistryError } from "./registry-error.js";

/** Text that people read later: trimmed, bounded, on one line. */
export function checkText(what: string, text: string, maxLength: number): string {
  const trimmed = text.trim();
  if (trimmed === "") throw new RegistryError("invalid-text", `The ${what} is empty.`);
  if (trimmed.length > maxLength)
    throw new RegistryError("invalid-text", `The ${what} is longer than ${maxLength} characters.`);
  if (/\p{C}/u.test(trimmed))
    throw new RegistryError("invalid-text", `The ${what} holds a character that cannot be printed.`);
  return trimmed;
}

export const didYouMean = (meant: string | undefined): string =>
  meant === undefined ? "" : ` (did you mean "${meant}"?)`;

/** What a person typed, shown back: bounded, and without what would move a terminal's cursor. */
export const quote = (text: string): string => `"${text.slice(0, 100).replace(/\p{C}/gu, "?")}"`;

import { nearest } from "../terms/index.js";

/** The nearest of `known`; also one with the same letters in another order (`dney`), which counts as far by edits. */
export function meant(word: string, known: Iterable<string>): string | undefined {
  const candidates = [...known];
  const letters = lettersOf(word);
  return nearest(word, candidates) ?? candidates.find((candidate) => lettersOf(candidate) === letters);
}

const lettersOf = (word: string): string => [...word.toLowerCase()].sort().join("");

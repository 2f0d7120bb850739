// What is being typed at a cursor, and the line that a choice makes of it.
import { keyRules } from "./keys.js";
import { logKeys, logOutcomes, type BothLanguages, type LogKey } from "./query.js";
import { quoted, scanWords } from "./scan.js";

/** UTF-16 units; `from` to `to` is what a choice replaces: the whole word or value, also behind the cursor. */
export type LogCompletion =
  | {
      readonly kind: "key";
      readonly prefix: string;
      readonly negated: boolean;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly kind: "value";
      readonly key: LogKey;
      /** Before the cursor, without quotes. */
      readonly prefix: string;
      /** The term's other values: not to be offered again. */
      readonly chosen: readonly string[];
      readonly from: number;
      readonly to: number;
    };

/** null: behind a key that does not exist, where nothing can be offered. */
export function logCompletionAt(line: string, cursor: number): LogCompletion | null {
  const word = scanWords(line).find(({ from, to }) => from < cursor && cursor <= to);
  if (word === undefined) return { kind: "key", prefix: "", negated: false, from: cursor, to: cursor };
  const { negated, keyFrom, keyTo, values } = word;
  if (word.key === null || cursor <= keyTo) {
    const prefix = line.slice(keyFrom, Math.max(keyFrom, cursor)).toLowerCase();
    return { kind: "key", prefix, negated, from: word.from, to: word.key === null ? word.to : keyTo + 1 };
  }
  const written = word.key.toLowerCase();
  const key = logKeys.find((known) => known === written);
  const value = values.findLast(({ from }) => from <= cursor);
  if (key === undefined || value === undefined) return null;
  const prefix = line.slice(value.from, cursor).replaceAll(/["\\]/g, "");
  const chosen = values.filter((other) => other !== value && other.text !== "").map(({ text }) => text);
  return { kind: "value", key, prefix, chosen, from: value.from, to: value.to };
}

/** The line with the choice in it (a key, or a value without quotes), and where the cursor then stands. */
export function completedLogQuery(
  line: string,
  completion: LogCompletion,
  choice: string,
): { readonly line: string; readonly cursor: number } {
  const rest = line.slice(completion.to);
  const text = completion.kind === "key" ? `${completion.negated ? "-" : ""}${choice}:` : quoted(choice);
  // Behind a whole value, the next term begins.
  const gap = completion.kind === "value" && rest === "" ? " " : "";
  const start = `${line.slice(0, completion.from)}${text}${gap}`;
  return { line: start + rest, cursor: start.length };
}

export interface OfferedLogKey {
  readonly key: LogKey;
  readonly title: BothLanguages;
  readonly example: string;
}

export const offeredLogKeys = (prefix: string): readonly OfferedLogKey[] =>
  logKeys
    .filter((key) => key.startsWith(prefix.toLowerCase()))
    .map((key) => ({ key, title: keyRules[key].title, example: keyRules[key].example }));

/** Values that are the same in every town; null where the town's own names are to be offered. */
export const fixedLogValues = (key: LogKey): readonly string[] | null => (key === "outcome" ? logOutcomes : null);

// What the register says of the people who were found here, by their token: a search about them can then be told by their
// name. It stays in the memory of this page alone, and goes with it: no address, no storage, no file has it.
import { useCallback, useSyncExternalStore } from "react";
import { useFormat, type Format } from "../../app/format.js";
import { shortHandle } from "./short-handle.js";

let labels: ReadonlyMap<string, string> = new Map();
const listeners = new Set<() => void>();
const listen = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function learnPerson(handle: string, label: string): void {
  labels = new Map(labels).set(handle, label);
  for (const listener of listeners) listener();
}

export const isKnown = (handle: string): boolean => labels.has(handle);

/** `Khadija Ferreira, 1976-03-29`, as the gateway writes it, with the day as readers here write it: `29/03/1976`. */
export const withReadersDays = (label: string, format: Pick<Format, "shortDay">): string =>
  label.replace(/\b\d{4}-\d{2}-\d{2}$/u, (day) => (Number.isNaN(Date.parse(day)) ? day : format.shortDay(day)));

export function usePersonLabel(): (handle: string) => string {
  const known = useSyncExternalStore(listen, () => labels);
  const format = useFormat();
  return useCallback(
    (handle: string) => {
      const label = known.get(handle);
      return label === undefined ? shortHandle(handle) : withReadersDays(label, format);
    },
    [known, format],
  );
}

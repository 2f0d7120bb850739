// What the register says of the people who were found here, by their token: a search about them can then be told by their
// name. It stays in the memory of this page alone, and goes with it: no address, no storage, no file has it.
import { useCallback, useSyncExternalStore } from "react";
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

export function usePersonLabel(): (handle: string) => string {
  const known = useSyncExternalStore(listen, () => labels);
  return useCallback((handle: string) => known.get(handle) ?? shortHandle(handle), [known]);
}

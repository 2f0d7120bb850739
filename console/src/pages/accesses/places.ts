// Where one was in a search when one opened an entry, so that one comes back to the same line of it. In memory alone: a
// page that is loaded anew begins at the top.
import { noPages, type KnownPages } from "./known-pages.js";

export interface Place {
  readonly known: KnownPages;
  /** The row that has the keyboard. */
  readonly row: number;
  /** The keyboard goes back to it. */
  readonly returns: boolean;
}

const bound = 20;
const places = new Map<string, Place>();
const nameOf = (town: string, line: string): string => `${town} ${line}`;

export const placeIn = (town: string, line: string): Place =>
  places.get(nameOf(town, line)) ?? { known: noPages, row: 0, returns: false };

export function keepPlace(town: string, line: string, place: Place): void {
  const name = nameOf(town, line);
  places.delete(name);
  places.set(name, place);
  for (const oldest of places.keys()) if (places.size > bound) places.delete(oldest);
}

export const forgetPlace = (town: string, line: string): boolean => places.delete(nameOf(town, line));

/** Whether one came to an entry from the list of this search, a step before. */
export const cameFrom = (town: string, line: string): boolean => places.get(nameOf(town, line))?.returns === true;

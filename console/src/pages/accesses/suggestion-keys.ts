// The keys of a search line with a list of suggestions below it, as the WAI-ARIA pattern of a combobox has them: the
// cursor stays in the line, the list is walked through with the arrows.

export interface Open {
  readonly open: boolean;
  /** Which suggestion is lit; -1: none, and Enter searches. */
  readonly lit: number;
}

export const shut: Open = { open: false, lit: -1 };

/** What a key does: the list as it is then, and what else is to be done. `null`: the line's own business. */
export interface Effect {
  readonly next: Open;
  readonly take?: number;
  readonly search?: true;
}

export function pressKey(key: string, { open, lit }: Open, count: number): Effect | null {
  const listed = open && count > 0;
  switch (key) {
    case "ArrowDown":
      if (count === 0) return { next: { open: true, lit: -1 } };
      return { next: { open: true, lit: listed ? (lit + 1) % count : 0 } };
    case "ArrowUp":
      if (count === 0) return null;
      return { next: { open: true, lit: listed ? (lit <= 0 ? count : lit) - 1 : count - 1 } };
    case "Enter":
      if (listed && lit >= 0) return { next: { open: true, lit: -1 }, take: lit };
      return { next: shut, search: true };
    case "Tab":
      // Tab takes what is lit, and goes on its way where nothing is.
      return listed && lit >= 0 ? { next: { open: true, lit: -1 }, take: lit } : null;
    case "Escape":
      return open ? { next: shut } : null;
    default:
      return null;
  }
}

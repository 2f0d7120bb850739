// Which rows of a search are known of, and on which of its pages each lies. Pages are read in order, each from where the
// one before ended; those far from the screen are forgotten and read again when they come back to it. What stays is this.

export interface KnownPages {
  /** What each page is asked with (`after`); one more than the pages read while there are more. */
  readonly starts: readonly (string | null)[];
  /** The number of the first row of each page read, and at last the number of rows read. */
  readonly offsets: readonly number[];
}

export const noPages: KnownPages = { starts: [null], offsets: [0] };

export const rowsRead = ({ offsets }: KnownPages): number => offsets.at(-1) ?? 0;
export const pagesRead = ({ offsets }: KnownPages): number => offsets.length - 1;
export const hasMore = ({ starts, offsets }: KnownPages): boolean => starts.length > offsets.length - 1;

/** @param page the number of a page that came. Of one read before, nothing new is learnt: its place is settled. */
export function learnPage(known: KnownPages, page: number, came: { rows: number; end: string | null }): KnownPages {
  if (page !== pagesRead(known)) return known;
  return {
    starts: came.end === null ? known.starts : [...known.starts, came.end],
    offsets: [...known.offsets, rowsRead(known) + came.rows],
  };
}

/** The page on which a row lies; of a row beyond those read, the next page. */
export function pageOf({ offsets }: KnownPages, row: number): number {
  let [low, high] = [0, offsets.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((offsets[middle] ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Pages to have at hand for the rows `first` to `last` on the screen: those, and the next where the end comes near. */
export function pagesFor(known: KnownPages, first: number, last: number): number[] {
  const near = pageOf(known, first);
  const far = Math.min(pageOf(known, last + 50), known.starts.length - 1);
  return Array.from({ length: Math.max(far - near, 0) + 1 }, (_, at) => near + at);
}

// Which rows are on the screen, and whose pages they need. The window is what scrolls.
import { useQueries } from "@tanstack/react-query";
import { defaultRangeExtractor, useWindowVirtualizer, type Range } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { hasMore, learnPage, pageOf, pagesFor, rowsRead, type KnownPages } from "./known-pages.js";
import { keepPlace, placeIn } from "./places.js";
import { pageQuery, type Accesses, type Row } from "./questions.js";

/** Beyond it a date is asked for: browsers do not draw a list of any height (about 16 million pixels). */
export const mostRows = 100_000;

export interface ListedRow {
  readonly number: number;
  /** Pixels from the top of the list. */
  readonly start: number;
  /** Undefined: its page is on the way. */
  readonly row: Row | undefined;
}

export interface ListedRows extends Pages {
  readonly items: readonly ListedRow[];
  readonly height: number;
  /** Rows known of so far. */
  readonly read: number;
  readonly more: boolean;
  /** The row that has the keyboard, or would get it. */
  readonly lit: number;
  readonly light: (row: number) => void;
  readonly noteFocus: (row: number) => void;
  /** One goes away to an entry, and comes back to this row. */
  readonly leave: () => void;
  readonly setBody: (node: HTMLElement | null) => void;
  readonly measure: (node: HTMLElement | null) => void;
}

const rem = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
/** Header of the console and of the table: a row that the keyboard comes to stays clear of them. */
const headRoom = 110;

export function useRows(town: string, line: string, wide: boolean): ListedRows {
  const [place] = useState(() => placeIn(town, line));
  const [known, setKnown] = useState(place.known);
  const [lit, setLit] = useState(place.row);
  const [body, setBody] = useState<HTMLElement | null>(null);
  const margin = useTop(body);
  const read = rowsRead(known);
  const more = hasMore(known);
  const extract = useCallback((range: Range) => withRow(defaultRangeExtractor(range), lit, range.count), [lit]);
  const virtual = useWindowVirtualizer<HTMLElement>({
    count: Math.min(read, mostRows) + (more && read < mostRows ? 1 : 0),
    estimateSize: () => (wide ? 2.5 : 8) * rem(),
    overscan: 10,
    scrollMargin: margin,
    scrollPaddingStart: headRoom,
    scrollPaddingEnd: 16,
    rangeExtractor: extract,
  });
  const pages = usePages(town, line, known, setKnown, virtual.range);
  const light = useKeyboard(body, lit, place.returns, (row) => {
    setLit(row);
    virtual.scrollToIndex(row, { align: "auto" });
  });
  useEffect(() => keepPlace(town, line, { ...place, returns: false }), [town, line, place]);
  return {
    ...pages,
    items: virtual
      .getVirtualItems()
      .map(({ index, start }) => ({ number: index, start: start - margin, row: pages.rowAt(index) })),
    height: virtual.getTotalSize(),
    read,
    more,
    lit,
    light,
    noteFocus: (row) => {
      if (row !== lit) setLit(row);
    },
    leave: () => keepPlace(town, line, { known, row: lit, returns: true }),
    setBody,
    measure: virtual.measureElement,
  };
}

/** The row that has the keyboard is drawn wherever one scrolls: else the keyboard would be nowhere. */
const withRow = (rows: number[], row: number, count: number): number[] =>
  row >= count || rows.includes(row) ? rows : [...rows, row].sort((a, b) => a - b);

/** Pixels from the top of the document. What stands above the list moves it: filters that wrap, a fault that is told. */
function useTop(body: HTMLElement | null): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    if (body === null) return;
    const measure = (): void => setTop(Math.round(body.getBoundingClientRect().top + window.scrollY));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(document.body);
    return () => watch.disconnect();
  }, [body]);
  return top;
}

interface Pages {
  readonly rowAt: (number: number) => Row | undefined;
  readonly error: unknown;
  readonly retry: () => void;
}

function usePages(
  town: string,
  line: string,
  known: KnownPages,
  setKnown: (known: KnownPages) => void,
  range: { readonly startIndex: number; readonly endIndex: number } | null,
): Pages {
  const pages = pagesFor(known, range?.startIndex ?? 0, range?.endIndex ?? 0);
  const answers = useQueries({ queries: pages.map((page) => pageQuery(town, line, known.starts[page] ?? null)) });
  const came = answers.map(({ data }) => data);
  const learnt = learnAll(known, pages, came);
  if (learnt !== known) setKnown(learnt);
  const failed = answers.find(({ isError }) => isError);
  return {
    rowAt: (number) => {
      const page = pageOf(known, number);
      return came[pages.indexOf(page)]?.rows[number - (known.offsets[page] ?? 0)];
    },
    error: failed?.error ?? null,
    retry: () => void failed?.refetch(),
  };
}

function learnAll(known: KnownPages, pages: readonly number[], answers: readonly (Accesses | undefined)[]): KnownPages {
  return pages.reduce((learnt, page, at) => {
    const came = answers[at];
    if (came === undefined) return learnt;
    return learnPage(learnt, page, { rows: came.rows.length, end: came.more ? came.end : null });
  }, known);
}

/** @param returns one came back from an entry: the keyboard goes to its row as soon as that is drawn */
function useKeyboard(
  body: HTMLElement | null,
  lit: number,
  returns: boolean,
  show: (row: number) => void,
): (row: number) => void {
  const wanted = useRef(returns);
  const shown = useRef(!returns);
  useEffect(() => {
    if (!wanted.current || body === null) return;
    if (!shown.current) {
      shown.current = true;
      show(lit);
    }
    const row = body.querySelector<HTMLElement>(`[data-index="${String(lit)}"]:not([aria-busy])`);
    if (row === null) return;
    wanted.current = false;
    row.focus({ preventScroll: true });
  });
  return (row) => {
    wanted.current = true;
    show(row);
  };
}

// The columns of the accesses found.
import { Tooltip, VisuallyHidden } from "@mantine/core";
import { createColumnHelper, tableFeatures } from "@tanstack/react-table";
import { createContext, use } from "react";
import type { Format } from "../../app/format.js";
import { LinkAnchor } from "../../app/links.js";
import { Outcome } from "./outcome.js";
import type { Row } from "./questions.js";
import styles from "./results.module.css";
import { fieldsShown, figuresOf, filtersOf, purposeOf, whoOf, type AccessesTranslate } from "./row-words.js";

export const features = tableFeatures({});
const helper = createColumnHelper<typeof features, Row>();

/** What the cells need of their page. */
export interface Around {
  readonly t: AccessesTranslate;
  readonly format: Format;
  readonly town: string;
  readonly line: string;
  /** The purpose's title in the language spoken; its name where it has none. */
  readonly titleOf: (purpose: string) => string;
  /** A field in the town's own words. */
  readonly wordOf: (coordinate: string) => string;
}

const ListAround = createContext<Around | null>(null);
export const AroundList = ListAround.Provider;

function useAround(): Around {
  const around = use(ListAround);
  if (around === null) throw new Error("a cell stands in a list of accesses");
  return around;
}

type Column = "when" | "who" | "purpose" | "outcome" | "fields" | Figures;
type Figures = "rows" | "people" | "withheld" | "refused";

function Title({ of }: { readonly of: Column }) {
  return useAround().t(of);
}

type InCell = { readonly row: { readonly original: Row } };

const figure = (id: Figures, value: (row: Row) => number) =>
  helper.display({
    id,
    header: () => <Title of={id} />,
    cell: ({ row: { original } }: InCell) => <Figure row={original} value={value(original)} />,
  });

/**
 * One and the same for good: a cell's function is a component, so that a new one would be drawn anew in the middle of a
 * click, which then meets nothing.
 */
export const columns = helper.columns([
  helper.display({ id: "when", header: () => <Title of="when" />, cell: ({ row }) => <When row={row.original} /> }),
  helper.display({ id: "who", header: () => <Title of="who" />, cell: ({ row }) => <Who row={row.original} /> }),
  helper.display({
    id: "purpose",
    header: () => <Title of="purpose" />,
    cell: ({ row }) => <Purpose row={row.original} />,
  }),
  helper.display({
    id: "outcome",
    header: () => <Title of="outcome" />,
    cell: ({ row }) => <Outcome outcome={row.original.outcome} />,
  }),
  helper.display({
    id: "fields",
    header: () => <Title of="fields" />,
    cell: ({ row }) => <Fields row={row.original} />,
  }),
  figure("rows", (row) => row.rows),
  figure("people", (row) => row.people),
  figure("withheld", (row) => row.withheld),
  figure("refused", (row) => row.refusedCount),
]);

interface OfRow {
  readonly row: Row;
}

export function Who({ row }: OfRow) {
  const who = whoOf(row, useAround().t);
  // An address of e-mail has no place to break.
  return row.staff === null ? who : <span className={styles.oneLine}>{who}</span>;
}

export function Purpose({ row }: OfRow) {
  const { t, titleOf } = useAround();
  return purposeOf(row, t, titleOf);
}

/** The row's link: what a click elsewhere on the row does too, and what opens in another tab. */
export function When({ row }: OfRow) {
  const { t, format, town, line } = useAround();
  return (
    <LinkAnchor
      to="/$town/accesses/$id"
      params={{ town, id: row.id }}
      search={line === "" ? {} : { q: line }}
      tabIndex={-1}
      className={styles["when"] ?? ""}
    >
      <time dateTime={row.at}>
        <span>{format.shortDay(row.at)}</span> <b>{format.clock(row.at)}</b>
      </time>
      <VisuallyHidden>, {t("open", { number: format.number(row.index) })}</VisuallyHidden>
    </LinkAnchor>
  );
}

export function Fields({ row }: OfRow) {
  const { t, wordOf } = useAround();
  if (row.staff !== null) return <span className={styles.code}>{filtersOf(row)}</span>;
  const { shown, more } = fieldsShown(row, 4);
  if (shown.length === 0) return <span className={styles.quiet}>{t("noField")}</span>;
  const all = [...row.fields.map((name) => named(name, wordOf)), ...(row.fieldCount > row.fields.length ? ["…"] : [])];
  return (
    <Tooltip
      label={all.join("\n")}
      multiline
      openDelay={400}
      classNames={{ tooltip: styles.tip ?? "" }}
      events={{ hover: true, focus: false, touch: false }}
    >
      <span>
        {shown.map(wordOf).join(", ")}
        {more > 0 ? <span className={styles.quiet}> {t("moreFields", { count: more })}</span> : null}
      </span>
    </Tooltip>
  );
}

const named = (name: string, wordOf: Around["wordOf"]): string => {
  const word = wordOf(name);
  return word === name ? name : `${word} (${name})`;
};

/** The figures of a card in words: those that are not nothing. */
export function FiguresInWords({ row }: OfRow) {
  const { t } = useAround();
  const figures = row.staff === null ? figuresOf(row, t) : [];
  return figures.length === 0 ? null : <div className={styles.quiet}>{figures.join(" · ")}</div>;
}

/** Nothing is drawn quietly, so that what is there stands out. Nothing leaves to staff: they read the record. */
function Figure({ row, value }: OfRow & { readonly value: number }) {
  const { format } = useAround();
  if (row.staff !== null) return null;
  return <span className={value === 0 ? styles.quiet : undefined}>{format.number(value)}</span>;
}

// The columns of the accesses found.
import { Tooltip } from "@mantine/core";
import { createColumnHelper, tableFeatures } from "@tanstack/react-table";
import type { Format } from "../../app/format.js";
import { LinkAnchor } from "../../app/links.js";
import { Outcome } from "./outcome.js";
import type { Row } from "./questions.js";
import styles from "./results.module.css";
import { fieldsShown, filtersOf, purposeOf, whoOf, type AccessesTranslate } from "./row-words.js";

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

export const columnsOf = (around: Around) => {
  const { t, format } = around;
  const figure = (id: "rows" | "people" | "withheld" | "refused", value: (row: Row) => number) =>
    helper.accessor(value, {
      id,
      header: t(id),
      // Nothing leaves to staff: they read the record.
      cell: ({ getValue, row }) => (row.original.staff === null ? <Figure value={getValue()} format={format} /> : null),
    });
  return helper.columns([
    helper.accessor("at", {
      id: "when",
      header: t("when"),
      cell: ({ row }) => <When row={row.original} {...around} />,
    }),
    helper.accessor((row) => whoOf(row, t), { id: "who", header: t("who"), cell: ({ getValue }) => getValue() }),
    helper.accessor((row) => purposeOf(row, t, around.titleOf), {
      id: "purpose",
      header: t("purpose"),
      cell: ({ getValue }) => getValue(),
    }),
    helper.accessor("outcome", { header: t("outcome"), cell: ({ getValue }) => <Outcome outcome={getValue()} /> }),
    helper.accessor("fields", { header: t("fields"), cell: ({ row }) => <Fields row={row.original} {...around} /> }),
    figure("rows", (row) => row.rows),
    figure("people", (row) => row.people),
    figure("withheld", (row) => row.withheld),
    figure("refused", (row) => row.refusedCount),
  ]);
};

/** The row's link: what a click elsewhere on the row does too, and what opens in another tab. */
export function When({ row, t, format, town, line }: Around & { readonly row: Row }) {
  return (
    <LinkAnchor
      to="/$town/accesses/$id"
      params={{ town, id: row.id }}
      search={line === "" ? {} : { q: line }}
      tabIndex={-1}
      className={styles["when"] ?? ""}
      aria-label={`${format.moment(row.at)}, ${t("open", { number: format.number(row.index) })}`}
    >
      <time dateTime={row.at}>
        <span>{format.shortDay(row.at)}</span> <b>{format.clock(row.at)}</b>
      </time>
    </LinkAnchor>
  );
}

export function Fields({ row, t, wordOf }: Pick<Around, "t" | "wordOf"> & { readonly row: Row }) {
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

/** Nothing is drawn quietly, so that what is there stands out. */
function Figure({ value, format }: { readonly value: number; readonly format: Format }) {
  return <span className={value === 0 ? styles["quiet"] : undefined}>{format.number(value)}</span>;
}

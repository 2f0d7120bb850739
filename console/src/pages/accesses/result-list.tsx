// The accesses found: only the rows on the screen are drawn, only the pages around them are kept.
import { useMediaQuery } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useTable } from "@tanstack/react-table";
import { useMemo, type KeyboardEvent } from "react";
import { useFormat } from "../../app/format.js";
import { useTexts } from "../../app/language.js";
import { AroundList, columns, features } from "./columns.js";
import type { Accesses, Row } from "./questions.js";
import { EndOfList } from "./result-end.js";
import { RowInCard, RowInTable, WaitingRow } from "./result-row.js";
import styles from "./results.module.css";
import { stepOf } from "./row-keys.js";
import { accessesTexts } from "./texts.js";
import { useRows } from "./use-rows.js";
import { usePurposeTitles } from "./use-titles.js";
import { useWords } from "./use-words.js";

interface Props {
  readonly town: string;
  /** As the gateway wrote it. */
  readonly line: string;
  readonly total: Accesses["total"];
}

export function ResultList({ town, line, total }: Props) {
  const t = useTexts(accessesTexts);
  const format = useFormat();
  const titleOf = usePurposeTitles(town);
  const wordOf = useWords(town);
  const wide = useMediaQuery("(min-width: 75em)", true, { getInitialValueInEffect: false });
  const navigate = useNavigate();
  const { setBody, measure, ...list } = useRows(town, line, wide);
  const around = useMemo(() => ({ t, format, town, line, titleOf, wordOf }), [t, format, town, line, titleOf, wordOf]);
  const data = useMemo(() => list.items.flatMap(({ row }) => row ?? []), [list.items]);
  const table = useTable({ features, columns, data, getRowId: ({ id }: Row) => id });

  const open = (row: Row): void => {
    list.leave();
    void navigate({ to: "/$town/accesses/$id", params: { town, id: row.id }, search: line === "" ? {} : { q: line } });
  };
  const press = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = stepOf(event.key, list.lit, list.read - 1);
    const lit = list.items.find(({ number }) => number === list.lit)?.row;
    if (event.key === "Enter" && lit != null) open(lit);
    else if (step !== null) list.light(step);
    else return;
    event.preventDefault();
  };
  const rowOf = new Map(table.getRowModel().rows.map((row) => [row.id, row]));
  return (
    <AroundList value={around}>
      <div
        role="grid"
        aria-label={`${t("table")}. ${t("tableHint")}`}
        aria-rowcount={total?.exact === true ? total.count + 1 : -1}
        aria-colcount={wide ? columns.length : 1}
        className={styles["grid"]}
        onKeyDown={press}
      >
        {wide ? <Head table={table} /> : null}
        <div role="rowgroup" className={styles["body"]} ref={setBody} style={{ height: list.height }}>
          {list.items.map(({ number, start, row }) => {
            const inTable = row === undefined ? undefined : rowOf.get(row.id);
            const frame = { number, start, wide, lit: number === list.lit, measure, first: wide ? 2 : 1 };
            if (row === undefined || inTable === undefined) return <WaitingRow key={number} {...frame} />;
            const acts = { onOpen: () => open(row), onFocus: () => list.noteFocus(number) };
            return wide ? (
              <RowInTable key={number} {...frame} {...acts} row={inTable} />
            ) : (
              <RowInCard key={number} {...frame} {...acts} row={row} />
            );
          })}
        </div>
        <EndOfList list={list} town={town} line={line} />
      </div>
    </AroundList>
  );
}

type TableOf = ReturnType<typeof useTable<typeof features, Row>>;

function Head({ table }: { readonly table: TableOf }) {
  const figures = new Set(["rows", "people", "withheld", "refused"]);
  return (
    <div role="rowgroup" className={styles["head"]}>
      {table.getHeaderGroups().map((group) => (
        <div key={group.id} role="row" aria-rowindex={1} className={styles["headRow"]}>
          {group.headers.map((header) => (
            <div
              key={header.id}
              role="columnheader"
              className={figures.has(header.column.id) ? styles["figureHead"] : undefined}
            >
              <table.FlexRender header={header} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

// The day by application and hour: a table that is read as one, and walked with the arrows as one stop of the keyboard.
import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useRef, useState, type KeyboardEvent } from "react";
import { useFormat } from "../../app/format.js";
import { useTexts, type Said } from "../../app/language.js";
import { SearchLink } from "../../app/search-link.js";
import { useTown } from "../../app/town.js";
import {
  heatLevel,
  heatLevels,
  heatRows,
  hoursOfDay,
  nextPlace,
  openData,
  queryOfDay,
  queryOfHour,
  type HeatRow,
  type HourCell,
  type Place,
} from "./heat.js";
import styles from "./heatmap.module.css";
import { overviewTexts } from "./texts.js";

export function Heatmap({ hours, day }: { readonly hours: readonly HourCell[]; readonly day: string }) {
  const t = useTexts(overviewTexts);
  const format = useFormat();
  const rows = heatRows(hours);
  const most = Math.max(...hours.map(({ entries }) => entries));
  const table = useRef<HTMLTableElement>(null);
  const [at, setAt] = useState<Place | null>(null);
  const stop = stopOf(rows, at);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = stop === null ? null : nextPlace(rows, stop, event.key);
    if (next === null) return;
    event.preventDefault();
    setAt(next);
    table.current?.querySelector<HTMLElement>(`[data-place="${String(next.row)}-${String(next.hour)}"]`)?.focus();
  };
  return (
    <>
      <div className={styles.scroll} role="region" aria-label={t("heatmap")} tabIndex={0}>
        <table className={styles.table} ref={table} onKeyDown={onKeyDown}>
          <caption className={styles.caption}>{t("heatmapCaption", { day: format.day(day) })}</caption>
          <thead>
            <tr>
              <th scope="col" className={styles.name}>
                {t("application")}
              </th>
              {hoursOfDay.map((hour) => (
                <th key={hour} scope="col" className={styles.hour}>
                  <span aria-hidden>{hour}</span>
                  <span className={styles.hidden}>{t("hourFrom", { from: hour, to: hour + 1 })}</span>
                </th>
              ))}
              <th scope="col" className={styles.total}>
                {t("total")}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <Row
                key={row.application ?? ""}
                {...{ row, index, day, most }}
                stop={stop?.row === index ? stop.hour : null}
                onFocus={(hour) => setAt({ row: index, hour })}
              />
            ))}
          </tbody>
        </table>
      </div>
      <Legend />
    </>
  );
}

/** The one cell that the keyboard's Tab comes to: where it was last, or the first with something in it. */
function stopOf(rows: readonly HeatRow[], at: Place | null): Place | null {
  if (at !== null && rows[at.row]?.cells[at.hour] != null) return at;
  const row = rows.findIndex(({ cells }) => cells.some((cell) => cell !== null));
  return row === -1 ? null : { row, hour: rows[row]?.cells.findIndex((cell) => cell !== null) ?? 0 };
}

function Row(props: {
  readonly row: HeatRow;
  readonly index: number;
  readonly day: string;
  readonly most: number;
  readonly stop: number | null;
  readonly onFocus: (hour: number) => void;
}) {
  const { row, index, day, most, stop, onFocus } = props;
  const t = useTexts(overviewTexts);
  const format = useFormat();
  const { name } = useTown();
  const application = row.application === null || row.application === openData ? t("openData") : row.application;
  return (
    <tr>
      <th scope="row" className={styles.name}>
        {application}
      </th>
      {row.cells.map((cell, hour) => (
        <td key={hour} className={styles.cell} data-level={cell === null ? 0 : heatLevel(cell.entries, most)}>
          {cell === null ? null : (
            <Link
              to="/$town/accesses"
              params={{ town: name }}
              search={{ q: queryOfHour(row.application, day, hour) }}
              preload={false}
              tabIndex={stop === hour ? 0 : -1}
              data-place={`${String(index)}-${String(hour)}`}
              data-refused={cell.refused > 0 ? "" : undefined}
              title={cellWords(t, format.number, application, cell)}
              aria-label={cellWords(t, format.number, application, cell)}
              onFocus={() => onFocus(hour)}
            >
              {format.compact(cell.entries)}
            </Link>
          )}
        </td>
      ))}
      <td className={styles.total}>
        <SearchLink query={queryOfDay(row.application, day)}>{format.number(row.entries)}</SearchLink>
      </td>
    </tr>
  );
}

function cellWords(
  t: Said<typeof overviewTexts>,
  number: (value: number) => string,
  application: string,
  cell: HourCell,
): string {
  const { hour, entries, rows, refused } = cell;
  const values = { application, from: hour, to: hour + 1, count: entries, rows: number(rows) };
  return refused === 0 ? t("cell", values) : t("cellRefused", { ...values, refused: number(refused) });
}

function Legend() {
  const t = useTexts(overviewTexts);
  return (
    <div className={styles.legend}>
      <Text size="xs" c="dimmed">
        {t("less")}
      </Text>
      {Array.from({ length: heatLevels }, (_, step) => (
        <span key={step} className={styles.swatch} data-level={step + 1} />
      ))}
      <Text size="xs" c="dimmed">
        {t("more")}
      </Text>
      <span className={styles.swatch} data-level={1} data-refused="" />
      <Text size="xs" c="dimmed">
        {t("withRefusals")}
      </Text>
      <Text size="xs" c="dimmed" className={styles.hint}>
        {t("heatmapHint")}
      </Text>
    </div>
  );
}

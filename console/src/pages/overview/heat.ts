// A day's accesses as a table: a row for each application, a cell for each hour. Pure.
import { writeLogQuery, type LogTerm } from "../../../../src/terms/log-query/index.js";
import { dayAfter } from "../../app/format.js";
import type { OverviewOfDay } from "./question.js";

export type HourCell = OverviewOfDay["hours"][number];

export interface HeatRow {
  /** Null: without a key, of open data. */
  readonly application: string | null;
  /** 24, by hour of the day; null where nothing was asked. */
  readonly cells: readonly (HourCell | null)[];
  readonly entries: number;
  readonly refused: number;
}

export const hoursOfDay: readonly number[] = Array.from({ length: 24 }, (_, hour) => hour);

/** The busiest first. */
export function heatRows(cells: readonly HourCell[]): readonly HeatRow[] {
  const applications = [...new Set(cells.map(({ application }) => application))];
  return applications
    .map((application) => {
      const own = cells.filter((cell) => cell.application === application);
      return {
        application,
        cells: hoursOfDay.map((hour) => own.find((cell) => cell.hour === hour) ?? null),
        entries: own.reduce((sum, { entries }) => sum + entries, 0),
        refused: own.reduce((sum, { refused }) => sum + refused, 0),
      };
    })
    .sort((a, b) => b.entries - a.entries || ((a.application ?? "") < (b.application ?? "") ? -1 : 1));
}

/** Steps of the scale, from 1 (some) to this (the most). */
export const heatLevels = 5;

/** By the square root: one very busy hour does not make all others look empty. 0 means none. */
export const heatLevel = (entries: number, most: number): number =>
  entries <= 0 || most <= 0 ? 0 : Math.max(1, Math.ceil(Math.sqrt(Math.min(entries, most) / most) * heatLevels));

const term = (key: LogTerm["key"], value: string): LogTerm => ({ key, values: [value], negated: false });

/** What stands for an application where there is no key. */
export const openData = "open-data";

const ofApplication = (application: string | null): LogTerm =>
  application === null ? term("agreement", openData) : term("app", application);

const clock = (hour: number): string => `${String(hour).padStart(2, "0")}:00`;

/** The search that shows a cell: the hour's beginning is part of it, its end is not. */
export const queryOfHour = (application: string | null, day: string, hour: number): string =>
  writeLogQuery([
    ofApplication(application),
    term("after", `${day}T${clock(hour)}`),
    term("before", hour === 23 ? dayAfter(day, 1) : `${day}T${clock(hour + 1)}`),
  ]);

export const queryOfDay = (application: string | null, day: string): string =>
  writeLogQuery([ofApplication(application), term("on", day)]);

export interface Place {
  readonly row: number;
  readonly hour: number;
}

/** Where an arrow leads in the table: to the next cell that has something in it; null: there is none that way. */
export function nextPlace(rows: readonly HeatRow[], from: Place, key: string): Place | null {
  const steps = stepsOf(rows, from, key);
  return steps.find(({ row, hour }) => rows[row]?.cells[hour] != null) ?? null;
}

function stepsOf(rows: readonly HeatRow[], { row, hour }: Place, key: string): readonly Place[] {
  const inRow = (hours: readonly number[]): Place[] => hours.map((each) => ({ row, hour: each }));
  switch (key) {
    case "ArrowRight":
      return inRow(hoursOfDay.slice(hour + 1));
    case "ArrowLeft":
      return inRow(hoursOfDay.slice(0, hour).reverse());
    case "Home":
      return inRow(hoursOfDay);
    case "End":
      return inRow([...hoursOfDay].reverse());
    case "ArrowDown":
      return rows.slice(row + 1).map((_, step) => ({ row: row + 1 + step, hour }));
    case "ArrowUp":
      return rows.slice(0, row).map((_, step) => ({ row: row - 1 - step, hour }));
    default:
      return [];
  }
}

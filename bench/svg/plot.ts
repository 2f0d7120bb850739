// Figures as lines or points over one axis, with what they are to stay below or between.
import { pictureText, rounded, textAt, escaped } from "./page.js";

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Least and most that was measured; a bar from one to the other. */
  readonly range?: readonly [least: number, most: number];
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** A mark at each point: where points are few. */
  readonly marks?: boolean;
}

export interface Axis {
  /** With its unit. */
  readonly label: string;
  readonly scale?: "linear" | "logarithmic";
  /** Both ends of what is shown; unless given, what the points need. */
  readonly from?: number;
  readonly to?: number;
  /** Where a value is written; unless given, at round ones. */
  readonly ticks?: readonly number[];
}

export interface Plot {
  readonly title: string;
  /** What a reader must know to read it, in a line under the title. */
  readonly note?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Spans of the horizontal axis with a word on each. */
  readonly phases?: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  /** Horizontal lines: a goal, a bound. */
  readonly levels?: readonly { readonly name: string; readonly y: number }[];
}

const size = { width: 900, height: 420 };
const area = { left: 76, right: size.width - 24, top: 96, bottom: size.height - 56 };

const style = `
  :root { --s0: #0969da; --s1: #bc4c00; --s2: #1a7f37; --s3: #8250df; --goal: #cf222e; }
  @media (prefers-color-scheme: dark) { :root { --s0: #58a6ff; --s1: #f0883e; --s2: #56d364; --s3: #bc8cff; --goal: #ff7b72; } }
  .grid { stroke: var(--line); stroke-width: 1; }
  .axis { stroke: var(--faint); stroke-width: 1; }
  .goal { stroke: var(--goal); stroke-width: 1.5; stroke-dasharray: 6 4; }
  text.goal { fill: var(--goal); stroke: none; }
  .band { fill: var(--line); opacity: 0.35; }
  polyline, .range { fill: none; stroke-width: 2; stroke-linejoin: round; }
${[0, 1, 2, 3].map((at) => `  .l${at} { stroke: var(--s${at}); } .m${at} { fill: var(--s${at}); }`).join("\n")}`;

export function plotted(plot: Plot): string {
  const [x, y] = [scaleOf(plot, "x"), scaleOf(plot, "y")];
  return pictureText({
    ...size,
    title: plot.title,
    style,
    content: [
      textAt(area.left - 60, 26, plot.title, 'class="title"'),
      ...(plot.note === undefined ? [] : [textAt(area.left - 60, 46, plot.note, 'class="faint"')]),
      ...bandsOf(plot, x),
      ...axesOf(plot, x, y),
      ...(plot.levels ?? []).flatMap((level) => [
        line("goal", [area.left, y.at(level.y)], [area.right, y.at(level.y)]),
        textAt(area.right - 4, y.at(level.y) - 5, level.name, 'class="goal" text-anchor="end"'),
      ]),
      ...plot.series.flatMap((series, nth) => drawn(series, nth, x, y)),
      ...legendOf(plot.series),
    ],
  });
}

interface Scale {
  readonly ticks: readonly number[];
  at(value: number): number;
}

function scaleOf(plot: Plot, which: "x" | "y"): Scale {
  const axis = plot[which];
  const values = plot.series.flatMap(({ points }) =>
    points.flatMap((point) => (which === "x" ? [point.x] : [point.y, ...(point.range ?? [])])),
  );
  if (which === "y") values.push(...(plot.levels ?? []).map(({ y }) => y));
  else values.push(...(plot.phases ?? []).flatMap(({ from, to }) => [from, to]));
  const from = axis.from ?? Math.min(...values);
  const to = axis.to ?? Math.max(...values) + (which === "y" ? (Math.max(...values) - from) * 0.08 : 0);
  const form = axis.scale === "logarithmic" ? Math.log10 : (value: number): number => value;
  const [least, most] = [form(from), form(to) === form(from) ? form(from) + 1 : form(to)];
  const [start, end] = which === "x" ? [area.left, area.right] : [area.bottom, area.top];
  return {
    ticks: axis.ticks ?? roundTicks(from, to),
    at: (value) => start + ((form(value) - least) / (most - least)) * (end - start),
  };
}

/** Four to ten values 1, 2 or 5 times a power of ten apart. */
export function roundTicks(from: number, to: number): number[] {
  const raw = Math.max((to - from) / 8, Number.MIN_VALUE);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, n) => Number(((first + n) * step).toPrecision(12)));
}

const shown = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 3 });

function axesOf({ x: { label: under }, y: { label: beside } }: Plot, x: Scale, y: Scale): string[] {
  const middle = (area.top + area.bottom) / 2;
  return [
    ...y.ticks.flatMap((value) => [
      line("grid", [area.left, y.at(value)], [area.right, y.at(value)]),
      textAt(area.left - 8, y.at(value) + 4, shown(value), 'class="faint" text-anchor="end"'),
    ]),
    ...x.ticks.flatMap((value) => [
      line("axis", [x.at(value), area.bottom], [x.at(value), area.bottom + 5]),
      textAt(x.at(value), area.bottom + 20, shown(value), 'class="faint" text-anchor="middle"'),
    ]),
    line("axis", [area.left, area.bottom], [area.right, area.bottom]),
    textAt((area.left + area.right) / 2, size.height - 14, under, 'text-anchor="middle"'),
    textAt(20, middle, beside, `text-anchor="middle" transform="rotate(-90 20 ${rounded(middle)})"`),
  ];
}

/** Every second span is shaded; the words stand above, and a narrow span has none but a title. */
function bandsOf({ phases = [] }: Plot, x: Scale): string[] {
  return phases.map(({ name, from, to }, nth) => {
    const [left, right] = [x.at(from), x.at(to)];
    const shade = nth % 2 === 0 ? "band" : "none";
    const box = `<rect class="${shade}"${nth % 2 === 0 ? "" : ' fill="none"'} x="${rounded(left)}" y="${area.top}" width="${rounded(right - left)}" height="${area.bottom - area.top}"><title>${escaped(name)}</title></rect>`;
    const fits = name.length * 6.5 < right - left;
    return box + (fits ? textAt((left + right) / 2, area.top - 5, name, 'class="faint" text-anchor="middle"') : "");
  });
}

function drawn({ points, marks = false, name }: Series, nth: number, x: Scale, y: Scale): string[] {
  const places = points.map((point) => `${rounded(x.at(point.x))},${rounded(y.at(point.y))}`);
  const ranges = points.flatMap(({ x: at, range }) =>
    range === undefined ? [] : [line(`range l${nth}`, [x.at(at), y.at(range[0])], [x.at(at), y.at(range[1])])],
  );
  const dots = points.map(
    (point) =>
      `<circle class="m${nth}" cx="${rounded(x.at(point.x))}" cy="${rounded(y.at(point.y))}" r="4"><title>${escaped(`${name}: ${shown(point.x)}, ${shown(point.y)}`)}</title></circle>`,
  );
  return [`<polyline class="l${nth}" points="${places.join(" ")}"/>`, ...ranges, ...(marks ? dots : [])];
}

const line = (kind: string, [x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): string =>
  `<line class="${kind}" x1="${rounded(x1)}" y1="${rounded(y1)}" x2="${rounded(x2)}" y2="${rounded(y2)}"/>`;

function legendOf(series: readonly Series[]): string[] {
  let x = area.left;
  return series.map(({ name }, nth) => {
    const entry = line(`range l${nth}`, [x, 66], [x + 22, 66]) + textAt(x + 28, 70, name);
    x += 28 + name.length * 7 + 28;
    return entry;
  });
}

// Plain tables, for any terminal and for `| less`.

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Wider cells are cut with `…`; as wide as needed unless given. */
  readonly max?: number;
}

const gap = "  ";

/** The header first, then one line per row; no line ends with a space. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title, max = Number.POSITIVE_INFINITY }, at) =>
    Math.min(max, Math.max(widthOf(title), ...rows.map((row) => widthOf(row[at] ?? "")))),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, at) => padded(cut(cells[at] ?? "", widths[at] ?? 0), widths[at] ?? 0, align ?? "left"))
      .join(gap)
      .trimEnd();
  return [columns.map(({ title }) => title), ...rows].map(line);
}

/** Code points: what the town's names are made of takes one column each. */
export const widthOf = (text: string): number => [...text].length;

export function cut(text: string, width: number): string {
  const points = [...text];
  return points.length <= width ? text : `${points.slice(0, Math.max(0, width - 1)).join("")}…`;
}

function padded(text: string, width: number, align: "left" | "right"): string {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + space : space + text;
}

/** As many as fit, then how many more: `Resident.number, Resident.birthDate, +4`. Never fewer than one. */
export function firstFew(parts: readonly string[], width: number): string {
  for (let shown = parts.length; shown > 1; shown -= 1) {
    const rest = parts.length - shown;
    const text = parts.slice(0, shown).join(", ") + (rest === 0 ? "" : `, +${rest}`);
    if (widthOf(text) <= width) return text;
  }
  const rest = parts.length - 1;
  const [first = ""] = parts;
  const more = rest > 0 ? `, +${rest}` : "";
  return cut(first, width - more.length) + more;
}

/** Names beside their texts: `Outcome:   answered`. Lines after the first of a text, and texts without a name,
 * are indented like it. */
export function labelled(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...pairs.map(([name]) => widthOf(name))) + 1;
  return pairs.flatMap(([name, text]) =>
    text
      .split("\n")
      .map((line, at) => `${padded(at === 0 && name !== "" ? `${name}:` : "", width, "left")}${gap}${line}`.trimEnd()),
  );
}

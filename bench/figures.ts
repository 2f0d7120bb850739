// Figures from measurements, and the tables that they are shown in.

/** The value at `share` (0 to 1) of the sorted values, by nearest rank; 0 where there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** The mean of the two in the middle where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** `0.123`, `1.23`, `12.3`, `1,234`: three digits say what a run can say. */
export function shown(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, column) => (column === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

/** The text with what stands between `<!-- NAME:begin … -->` and `<!-- NAME:end -->` replaced. @throws Error without them */
export function replacedBetweenMarks(text: string, name: string, content: string): string {
  const marks = new RegExp(`(<!-- ${name}:begin[^>]*-->\\n)[^]*?(<!-- ${name}:end -->)`);
  if (!marks.test(text)) throw new Error(`there are no marks ${name}:begin and ${name}:end`);
  return text.replace(marks, (_, begin: string, end: string) => `${begin}\n${content}\n\n${end}`);
}

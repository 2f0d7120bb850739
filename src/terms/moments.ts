// Moments as people write and read them: in the town's own time.

const localParts = new Map<string, Intl.DateTimeFormat>();

/** `2026-11-22 21:05:33` in a time zone (IANA name). Swedish is the locale that writes ISO 8601. */
export function localTime(moment: string | Date, timeZone: string): string {
  let format = localParts.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
    localParts.set(timeZone, format);
  }
  return format.format(new Date(moment));
}

/** `2026-11-22` */
export const localDay = (moment: string | Date, timeZone: string): string => localTime(moment, timeZone).slice(0, 10);

export interface MomentOptions {
  readonly now: Date;
  readonly timeZone: string;
  /** Where a whole day (or minute) is named: its first moment, or the first one after it. */
  readonly edge: "start" | "end";
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * `2h`, `7d` (ago) · `2026-11-01` (the whole day) · `2026-11-01T08:30` (the town's time) · RFC 3339.
 * @returns RFC 3339 in UTC; null for anything else, days that do not exist among it
 */
export function parseMoment(text: string, options: MomentOptions): string | null {
  const ago = /^(\d{1,6})([mhdw])$/.exec(text);
  if (ago !== null) {
    const at = options.now.getTime() - Number(ago[1]) * (unitMs[ago[2] ?? ""] ?? Number.NaN);
    return toIso(at);
  }
  const written = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(
    text,
  );
  const [, day, time, seconds, zone] = written ?? [];
  if (day === undefined || !existsDay(day)) return null;
  if (zone !== undefined) return toIso(Date.parse(text.replace(" ", "T")));
  if (time === undefined)
    return toIso(inZone(options.edge === "start" ? day : nextDay(day), "00:00:00", options.timeZone));
  const wholeMinute = seconds === undefined && options.edge === "end" ? 60_000 : 0;
  return toIso(inZone(day, `${time}:${seconds ?? "00"}`, options.timeZone) + wholeMinute);
}

const toIso = (at: number): string | null =>
  Number.isFinite(at) && Math.abs(at) < 8.64e15 ? new Date(at).toISOString() : null;

/** JavaScript takes 30 February for 2 March. */
function existsDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(day);
}

const nextDay = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** The moment at which clocks of the zone show this. Twice, for the offset may change between the guess and the moment. */
function inZone(day: string, time: string, timeZone: string): number {
  const shown = Date.parse(`${day}T${time}Z`);
  const offsetAt = (at: number): number =>
    Date.parse(`${localTime(new Date(at), timeZone).replace(" ", "T")}Z`) - Math.floor(at / 1000) * 1000;
  if (!Number.isFinite(shown)) return Number.NaN;
  const guess = shown - offsetAt(shown);
  return shown - offsetAt(guess);
}

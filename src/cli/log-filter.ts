// From the options of `passerelle log` to a search of the access log, and to what the record says of that search.
import type { EntryFilter, Outcome } from "../accesslog/index.js";
import type { TenantSettings } from "../config.js";
import { refuse } from "./failure.js";
import { parseMoment } from "./moments.js";
import type { Subject } from "./subject.js";

export const outcomes = [
  "answered",
  "partial",
  "refused",
  "invalid",
  "failed",
  "staff",
] as const satisfies readonly Outcome[];

export interface LogOptions {
  readonly tenant?: string;
  readonly app?: string;
  readonly agreement?: string;
  readonly purpose?: string;
  readonly dataset?: string;
  readonly field?: string;
  readonly outcome?: Outcome;
  readonly since?: string;
  readonly until?: string;
  /** `SCHEME:KEY`; the key goes no further than to a subject token. */
  readonly subject?: string;
  /** False: `--no-staff`. */
  readonly staff: boolean;
  readonly limit: number;
  readonly before?: number;
  readonly all?: true;
  readonly json?: true;
}

export interface LogSearch {
  readonly filter: EntryFilter;
  /** What the record keeps for good (law 11): names, moments and figures, and of a person the scheme alone. */
  readonly filters: Readonly<Record<string, string>>;
}

/** Names alone can be searched by, so that no value of a person gets into the record of the search. */
const forms = {
  app: { form: /^[a-z][a-z0-9-]{0,62}$/, example: "cantine-plus" },
  purpose: { form: /^[a-z][a-z0-9-]{0,62}$/, example: "school-meals" },
  agreement: { form: /^[a-z][a-z0-9-]{0,62}\/[a-z][a-z0-9-]{0,62}$/, example: "cantine-plus/school-meals" },
  dataset: { form: /^[A-Za-z_][A-Za-z0-9_]{0,99}$/, example: "Resident" },
  field: { form: /^[A-Za-z_][A-Za-z0-9_]{0,99}\.[A-Za-z_][A-Za-z0-9_]{0,99}$/, example: "Resident.email" },
} as const;

/** @throws CommandFailure for what cannot be a name or a moment */
export function readLogSearch(
  options: LogOptions,
  subject: Subject | null,
  { timeZone }: Pick<TenantSettings, "timeZone">,
  now: Date,
): LogSearch {
  for (const [name, { form, example }] of Object.entries(forms)) {
    const value = options[name as keyof typeof forms];
    if (value !== undefined && !form.test(value)) throw refuse(`--${name} takes a name, such as ${example}.`);
  }
  const { app, agreement, purpose, dataset, field, outcome, limit, before } = options;
  const since = moment("--since", options.since, "start");
  const until = moment("--until", options.until, "end");
  if (since !== undefined && until !== undefined && until <= since) throw refuse("--until comes before --since.");
  if (!options.staff && outcome === "staff") throw refuse("--no-staff leaves out what --outcome staff asks for.");
  if (options.all && options.json !== true)
    throw refuse("--all is for an export: add --json. A list on the screen goes on with --before.");
  const named = { agreement, purpose, dataset, field, outcome, since, until, before };
  const filter: EntryFilter = {
    ...present({ application: app, ...named }),
    ...(options.staff ? {} : { notOutcome: "staff" as const }),
    ...(subject === null ? {} : { subject: { scheme: subject.scheme, tokens: subject.tokens } }),
    limit,
  };
  const flags = { staff: options.staff ? undefined : "no", all: options.all ? "yes" : undefined };
  const filters = present({ app, ...named, subject: subject?.scheme, ...flags });
  const written = Object.entries(filters).map(([name, value]) => [name, String(value)] as const);
  return { filter, filters: Object.fromEntries(written) };

  function moment(option: string, text: string | undefined, edge: "start" | "end"): string | undefined {
    if (text === undefined) return undefined;
    const found = parseMoment(text, { now, timeZone, edge });
    if (found === null)
      throw refuse(`${option} takes 30m, 2h, 7d or 4w (ago), a day such as 2026-11-01, or 2026-11-01T08:30.`);
    return found;
  }
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const present = <T extends object>(values: T): Present<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;

/** `--app cantine-plus --since 7d`, as the person wrote it but for a person's key. */
export function inWords(options: LogOptions): string {
  const { app, agreement, purpose, dataset, field, outcome, since, until, subject, before } = options;
  const scheme = subject === undefined ? undefined : `${subject.split(":")[0] ?? ""}:…`;
  const given = { app, agreement, purpose, dataset, field, outcome, since, until, subject: scheme, before };
  const words = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]));
  return [...words, ...(options.staff ? [] : ["--no-staff"])].join(" ");
}

// The daily look at what of the access log is over, for every tenant. Beside the requests: it holds none of them up.
import {
  AccessLogUnavailable,
  openRetention,
  staffEntry,
  type AccessLogWriter,
  type Retention,
} from "../accesslog/index.js";
import type { Town } from "../cli/index.js";
import type { TenantSettings } from "../config.js";
import type { Closing } from "./closing.js";

/** Not at the start itself, where there is enough to do. */
const firstMs = 60_000;
/** A look is due once a day; which node comes first does it. */
const everyMs = 3_600_000;

interface RetentionParts {
  readonly town: Town;
  readonly log: AccessLogWriter;
  readonly report: (line: string) => void;
}

export function openRetentionJob(parts: RetentionParts, closing: Closing): void {
  const { town } = parts;
  const retention = openRetention({ connectionString: town.store.addresses.keeper });
  const told = new Map<string, string>();
  const stop = new AbortController();
  let running = Promise.resolve();
  const round = async (): Promise<void> => {
    for (const tenant of town.settings.tenants.values())
      if (!stop.signal.aborted) tellOnce(told, tenant, parts, await look(retention, tenant, parts, stop.signal));
  };
  const schedule = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      running = round().finally(() => {
        if (!stop.signal.aborted) timer = schedule(everyMs);
      });
    }, ms).unref();
  let timer = schedule(firstMs);
  closing.add(async () => {
    stop.abort();
    clearTimeout(timer);
    await running;
    await retention.close();
  });
}

/** @returns what the operator should know; null: nothing */
async function look(
  retention: Retention,
  { name: tenant, retention: { accessLogMonths: months }, timeZone }: TenantSettings,
  { log }: RetentionParts,
  stop: AbortSignal,
): Promise<string | null> {
  try {
    if (!(await retention.isTime(tenant))) return null;
    const result = await retention.run({
      tenant,
      time: { months, timeZone },
      confirmed: false,
      record: (filters) =>
        log.append(
          staffEntry({ tenant, at: new Date(), who: "the gateway", command: "retention", filters, subjects: [] }),
        ),
      stop,
    });
    if (result.outcome === "hindered") return `the retention of the access log removed nothing: ${result.hindrance}`;
    if (result.outcome === "busy" || result.due.entries === 0) return null;
    const { entries, beforeDay } = result.due;
    return `the content of ${String(entries)} access entries of days before ${beforeDay} was removed, at the end of its retention`;
  } catch (error) {
    const why = error instanceof AccessLogUnavailable ? error.message : (error as Error).name;
    return `the retention of the access log stopped and goes on within the hour: ${why}`;
  }
}

/** What is in the way every hour is said once. */
function tellOnce(
  told: Map<string, string>,
  { name }: TenantSettings,
  { report }: RetentionParts,
  line: string | null,
): void {
  if (line !== null && told.get(name) !== line) report(`${name}: ${line}`);
  if (line === null) told.delete(name);
  else told.set(name, line);
}

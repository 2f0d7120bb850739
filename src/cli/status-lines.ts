// A gateway's status in words, for the person who has to do something about it.
import { sayRecord, sayRoom } from "./status-record.js";
import type { AccessLogStatus, GatewayStatus, Outage, SourceStatus, TenantStatus } from "../gateway/index.js";
import { localTime } from "./moments.js";
import { firstFew, tableLines, widthOf } from "./table.js";
import type { Style } from "./terminal.js";

export interface StatusLine {
  readonly text: string;
  readonly style?: Style;
}

type Say = (text?: string, style?: Style) => void;

/** @param columns that a line may fill */
export function statusLines(status: GatewayStatus, columns: number): readonly StatusLine[] {
  const lines: StatusLine[] = [];
  const say: Say = (text = "", style = "plain") => void lines.push({ text, style });
  const timeZone = status.tenants[0]?.timeZone ?? "UTC";
  const at = (moment: string): string => localTime(moment, timeZone);
  say(
    `The gateway at ${status.address} ${status.ready ? "is ready" : "IS NOT READY"}: Passerelle ${status.version}, ${status.mode}, started ${at(status.startedAt)}.`,
    status.ready ? "bold" : "red",
  );
  for (const tenant of status.tenants) sayTenant(tenant, columns, say);
  say();
  sayLog(status.accessLog, at, say);
  for (const tenant of status.tenants) sayRecord(tenant, status.tenants.length > 1, at, say);
  sayRoom(status.room, say);
  sayRequests(status, say);
  if (troubles(status).length === 0) say("All is well.", "bold");
  return lines;
}

/** What does not work, each in a few words. */
export function troubles(status: GatewayStatus): readonly string[] {
  const found: string[] = [];
  for (const { name, notReady, sources, record } of status.tenants) {
    if (notReady !== null) found.push(`nothing is served of ${name}`);
    for (const trouble of record?.troubles ?? []) found.push(`${trouble} (${name})`);
    for (const source of sources)
      if (source.state === "failing" || source.state === "open")
        found.push(`source ${source.name} of ${name} ${source.state === "open" ? "is down" : "fails"}`);
  }
  if (status.accessLog.state === "failing") found.push("the access log cannot be written");
  if (status.room.trouble !== null) found.push(status.room.trouble);
  return found;
}

function sayTenant(tenant: TenantStatus, columns: number, say: Say): void {
  const { name, displayName, timeZone, notReady, policyVersion, inForceSince, refusedFiles, sources } = tenant;
  const at = (moment: string): string => localTime(moment, timeZone);
  say();
  const version =
    policyVersion === null ? "no policy version in force" : `version ${policyVersion.slice(0, 12)} in force`;
  const since = policyVersion === null || inForceSince === null ? "" : ` since ${at(inForceSince)}`;
  say(`${displayName} (${name}): ${version}${since}`, "bold");
  if (notReady !== null) say(notReady, "red");
  if (refusedFiles !== null)
    say(
      `The saved files have ${counted(refusedFiles.faults, "fault")} (${at(refusedFiles.at)}) and are not applied. Run: npx passerelle policy check`,
      "yellow",
    );
  if (sources.length === 0) return say("No sources: gateway.yaml lists none.");
  tableLines(
    sourceColumns,
    sources.map((source) => sourceRow(source, at)),
  ).forEach((line, row) => say(line, row === 0 ? "dim" : styleOf(sources[row - 1])));
  for (const source of sources) saySource(source, at, columns, say);
}

const sourceColumns = [
  { title: "SOURCE" },
  { title: "KIND" },
  { title: "STATE" },
  { title: "SINCE" },
  { title: "ANSWERED", align: "right" },
  { title: "FAILED", align: "right" },
  { title: "REFUSED", align: "right" },
  { title: "RETRIES", align: "right" },
  { title: "MEDIAN", align: "right" },
  { title: "95 %", align: "right" },
] as const;

const stateWords = { untried: "not asked yet", up: "up", failing: "FAILING", open: "DOWN" } as const;

function sourceRow(source: SourceStatus, at: (moment: string) => string): string[] {
  const { name, kind, state, since, calls, durations } = source;
  const start = [name, kind, stateWords[state], state === "untried" ? "-" : at(since)];
  const figures = [calls.answered, calls.failed, calls.refused, calls.retries].map(String);
  return [...start, ...figures, ...(durations === null ? ["-", "-"] : [ms(durations.median), ms(durations.p95)])];
}

const styleOf = (source: SourceStatus | undefined): Style =>
  source?.state === "failing" || source?.state === "open" ? "red" : "plain";

/** What a table cannot say: why, and what it costs whom. */
function saySource(source: SourceStatus, at: (moment: string) => string, columns: number, say: Say): void {
  const { name, state, lastFailure, problems, calls, waiting, outage } = source;
  const failing = state === "failing" || state === "open";
  if (!failing && outage === null && problems === 0 && waiting === 0 && calls.stale === 0) return;
  say();
  if (failing) {
    const held = state === "open" ? " Calls are refused at once; one is let through now and then to try it." : "";
    say(
      `${name} ${state === "open" ? "is down" : "fails"}: ${whyOf(lastFailure)}, last at ${at(lastFailure?.at ?? source.since)}.${held}`,
      "red",
    );
  }
  if (failing) say(`  Look closer: npx passerelle source check ${name}`);
  if (problems > 0)
    say(`${name}: ${counted(problems, "fault")} in its files; the gateway's terminal tells where.`, "yellow");
  if (waiting > 0)
    say(`${name}: ${counted(waiting, "call")} ${waiting === 1 ? "waits" : "wait"} for a free connection.`);
  if (calls.stale > 0) say(`${name}: ${counted(calls.stale, "call")} answered from what was kept.`);
  if (outage !== null) sayOutage(name, failing, outage, at, columns, say);
  else if (failing) say("  No request has lost a field by it so far.");
}

const reasonWords: Readonly<Record<string, string>> = {
  unavailable: "it cannot be reached, refuses us, or answers with an error",
  timeout: "it does not answer in time",
  "too-large": "it answers with more than the bound",
  "invalid-answer": "it answers with something other than what was asked, as after a change of its shape",
};

function whyOf(failure: SourceStatus["lastFailure"]): string {
  if (failure === null) return "the reason is not known";
  return `${reasonWords[failure.reason] ?? failure.reason} (${failure.detail})`;
}

function sayOutage(
  name: string,
  failing: boolean,
  outage: Outage,
  at: (moment: string) => string,
  columns: number,
  say: Say,
): void {
  const { since, until, requests, agreements, otherAgreements } = outage;
  const span = until === null ? `since ${at(since)}` : `from ${at(since)} to ${at(until)}`;
  const what = failing || until === null ? "What it costs" : `${name}: the last outage cost`;
  say(`${what}, ${span}: ${counted(requests, "request")} lacked fields.`);
  const rows = agreements.map(({ agreement, requests: own, fields, moreFields }) => ({
    start: [agreement, String(own)],
    fields: moreFields ? [...fields, "…"] : fields,
  }));
  const taken = Math.max(0, ...rows.map(({ start }) => widthOf(start[0] ?? ""))) + 2 + "REQUESTS".length + 2 + 2;
  const room = Math.max(30, columns - Math.max(taken, "AGREEMENT".length + 14));
  const table = tableLines(
    [{ title: "AGREEMENT" }, { title: "REQUESTS", align: "right" }, { title: "FIELDS THAT WERE NULL" }],
    rows.map(({ start, fields }) => [...start, firstFew(fields, room)]),
  );
  table.forEach((line, row) => say(`  ${line}`, row === 0 ? "dim" : "plain"));
  if (otherAgreements > 0) say(`  and ${counted(otherAgreements, "request")} of further agreements`);
}

const logWords: Readonly<Record<string, string>> = {
  "queue-full": "too many entries wait",
  timeout: "commits are not confirmed in time",
  database: "its database refuses to write: is it full, or read only?",
};

function sayLog(log: AccessLogStatus, at: (moment: string) => string, say: Say): void {
  const waits = `${counted(log.waiting, "entry", "entries")} waiting`;
  const last = log.lastCommit === null ? "nothing committed yet" : `last commit ${at(log.lastCommit)}`;
  if (log.failing !== null)
    return say(
      `Access log: CANNOT BE WRITTEN since ${at(log.failing.since)} (${logWords[log.failing.reason] ?? log.failing.reason}), so nothing is answered; ${last}, ${waits}.`,
      "red",
    );
  if (log.state === "untried") return say("Access log: no request was recorded yet.");
  say(`Access log: writes; ${last}, ${waits}.`);
}

function sayRequests({ requests, database }: GatewayStatus, say: Say): void {
  const ended = Object.entries(requests.ended).filter(([, count]) => count > 0);
  const all = ended.length === 0 ? "none yet" : ended.map(([how, count]) => `${String(count)} ${how}`).join(", ");
  say(`Requests: ${all}; ${String(requests.inFlight)} being worked on, ${String(requests.waiting)} waiting.`);
  if (database !== null && database.waiting > 0)
    say(`PostgreSQL: ${counted(database.waiting, "statement")} waiting for a connection.`, "yellow");
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${String(count)} ${count === 1 ? one : many}`;

function ms(value: number): string {
  if (value >= 10_000) return `${(value / 1000).toFixed(0)} s`;
  return value >= 10 ? `${value.toFixed(0)} ms` : `${value.toFixed(1)} ms`;
}

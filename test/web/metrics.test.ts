import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { expect, it } from "vitest";
import { statusForm, type GatewayStatus, type RequestEnd } from "../../src/gateway/index.js";
import type { TenantName } from "../../src/terms/index.js";
import { createMetrics } from "../../src/web/index.js";

const tenant = "rivemont" as TenantName;
const calls = { answered: 3, failed: 1, retries: 2, refused: 0, stale: 0 };
const status = (policyVersion = "a".repeat(64)): GatewayStatus => ({
  ...{ form: statusForm, version: "1.2.3", town: "t", address: "http://127.0.0.1:4000", mode: "production" },
  ...{ now: "2026-11-22T10:00:00.000Z", startedAt: "2026-11-22T09:00:00.000Z", ready: true },
  tenants: [
    {
      ...{ name: tenant, displayName: "R", timeZone: "Europe/Paris", notReady: null, policyVersion },
      ...{ inForceSince: null, refusedFiles: null },
      sources: [
        {
          ...{ name: "parking", kind: "rest", state: "failing" as const, since: "2026-11-22T09:30:00.000Z", calls },
          lastFailure: { at: "2026-11-22T09:30:00.000Z", reason: "timeout", detail: "hidden detail" },
          ...{ durations: null, waiting: 4, problems: 0, lostRequests: 7, outage: null },
        },
      ],
      record: {
        ...{ entries: 12, signed: 10, indexed: 11, signedBehindMs: 3_000, indexedBehindMs: 1_500, timestampedAt: null },
        witnesses: [{ name: "dpo", size: 8, at: "2026-11-22T09:59:00.000Z" }],
        ...{ retention: { lastRun: null, hindered: "hidden reason" }, troubles: [] },
      },
    },
  ],
  accessLog: { state: "writing", lastCommit: null, waiting: 0, committed: 1, failed: 0, failing: null },
  requests: { inFlight: 2, waiting: 1, ended: {} },
  database: { used: 1, idle: 2, waiting: 0 },
  room: { database: 1_000, bound: null, disk: { free: 5, of: 10 }, trouble: null },
});
const end = (changes: Partial<RequestEnd>): RequestEnd => ({
  ...{ tenant, agreement: null, kind: "answered", codes: [], seconds: 0.02, lost: [] },
  ...changes,
});
const made = () => createMetrics(new Map([[tenant, ["parking"]]]));

it("tells what happened and what the status says, once more at every look", async () => {
  const metrics = made();
  metrics.requestEnded(end({ kind: "partial", codes: ["SOURCE_UNAVAILABLE"] }));
  metrics.appendEnded(0.003, "timeout");
  await metrics.text(status());
  const text = await metrics.text(status("b".repeat(64)));
  for (const line of [
    'passerelle_requests_total{tenant="rivemont",outcome="partial"} 1',
    'passerelle_requests_total{tenant="rivemont",outcome="shed"} 0',
    'passerelle_request_errors_total{tenant="rivemont",code="SOURCE_UNAVAILABLE"} 1',
    'passerelle_access_log_failures_total{reason="timeout"} 1',
    'passerelle_source_state{tenant="rivemont",source="parking",state="failing"} 1',
    'passerelle_source_state{tenant="rivemont",source="parking",state="up"} 0',
    'passerelle_source_calls_total{tenant="rivemont",source="parking",outcome="answered"} 3',
    'passerelle_source_lost_requests_total{tenant="rivemont",source="parking"} 7',
    'passerelle_policy_version_info{tenant="rivemont",version="bbbbbbbbbbbb"} 1',
    'passerelle_access_log_signed_behind_seconds{tenant="rivemont"} 3',
    'passerelle_access_log_witness_behind_entries{tenant="rivemont",witness="dpo"} 2',
    'passerelle_access_log_retention_hindered{tenant="rivemont"} 1',
    "passerelle_disk_free_bytes 5",
  ])
    expect(text).toContain(`\n${line}\n`);
  expect(text).not.toContain("aaaaaaaaaaaa");
  expect(text).not.toContain("hidden");
  expect(text).not.toMatch(/^passerelle_database_max_bytes \d/m);
  expect(text).toContain("process_cpu_seconds_total");
});

it("has no more series for whatever applications and services say (laws 11 and 13)", async () => {
  const metrics = made();
  for (let i = 0; i < 500; i++) metrics.requestEnded(end({ codes: ["BAD_USER_INPUT", `Jeanne Martin ${i}`] }));
  metrics.appendEnded(1, "timeout");
  const text = await metrics.text(status());
  expect(text).not.toMatch(/Jeanne|hidden detail/);
  expect(text).toContain('passerelle_request_errors_total{tenant="rivemont",code="OTHER"} 500\n');
  const own = text.split("\n").filter((line) => line.startsWith("passerelle_"));
  expect(own.length).toBeLessThan(150);
  const labels = new Set(own.flatMap((line) => [...line.matchAll(/[{,](\w+)="/g)].map(([, name]) => name)));
  expect([...labels].sort()).toEqual([
    "code",
    "le",
    "outcome",
    "reason",
    "source",
    "state",
    "tenant",
    "version",
    "witness",
  ]);
});

const docs = join(resolve(import.meta.dirname, "../.."), "docs");
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

async function everyMetric(): Promise<{ text: string; types: ReadonlyMap<string, string> }> {
  const metrics = made();
  metrics.appendEnded(1, "database");
  metrics.requestEnded(end({ codes: ["NOT_READY"] }));
  const text = await metrics.text(status());
  return {
    text,
    types: new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => [name, type])),
  };
}

it("docs/operations.md names every metric, and none that is not there", async () => {
  const page = readFileSync(join(docs, "operations.md"), "utf8");
  const { types } = await everyMetric();
  const named = [...new Set(page.match(/\b(?:passerelle|process|nodejs)_\w+/g))];
  const own = (names: readonly string[]): string[] => names.filter((name) => name.startsWith("passerelle_")).sort();
  expect(own(named)).toEqual(own([...types.keys()]));
  for (const name of named) expect([name, types.has(name)]).toEqual([name, true]);
});

it("the shipped alert rules ask for metrics and labels that exist, and each says what to do", async () => {
  const file = readFileSync(join(docs, "alerts/passerelle.rules.yaml"), "utf8");
  const page = readFileSync(join(docs, "operations.md"), "utf8");
  const anchors = [...page.matchAll(/^### (.+)$/gm)].map(([, title = ""]) => title.toLowerCase().replaceAll(" ", "-"));
  const { text, types } = await everyMetric();
  const rules = (parse(file) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(12);
  for (const { alert, expr, labels, annotations } of rules) {
    const asked = [...new Set(expr.match(/\bpasserelle_\w+/g))];
    for (const name of asked) {
      const bare = name.replace(/_bucket$/, "");
      expect([alert, name, types.get(bare)]).toEqual([alert, name, name === bare ? expect.any(String) : "histogram"]);
      // A rate of what can fall says nothing.
      if (expr.includes(`rate(${name}`) || expr.includes(`increase(${name}`)) expect(types.get(bare)).not.toBe("gauge");
    }
    for (const [, label = "", operator = "", values = ""] of expr.matchAll(/(outcome|state)(=~?)"([^"]+)"/g))
      for (const value of operator === "=~" ? values.split("|") : [values])
        expect(text).toContain(`${label}="${value}"`);
    expect(["page", "ticket"]).toContain(labels.severity);
    expect(annotations.summary).not.toBe("");
    expect([alert, anchors]).toEqual([
      alert,
      expect.arrayContaining([annotations.runbook.replace("docs/operations.md#", "")]),
    ]);
    expect(annotations.runbook).toMatch(/^docs\/operations\.md#/);
  }
});

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
    },
  ],
  accessLog: { state: "writing", lastCommit: null, waiting: 0, committed: 1, failed: 0, failing: null },
  requests: { inFlight: 2, waiting: 1, ended: {} },
  database: { used: 1, idle: 2, waiting: 0 },
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
  ])
    expect(text).toContain(`\n${line}\n`);
  expect(text).not.toContain("aaaaaaaaaaaa");
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
  expect([...labels].sort()).toEqual(["code", "le", "outcome", "reason", "source", "state", "tenant", "version"]);
});

it("docs/operations.md names every metric, none that is not there, and its alerts ask for what exists", async () => {
  const page = readFileSync(join(resolve(import.meta.dirname, "../.."), "docs/operations.md"), "utf8");
  const metrics = made();
  metrics.appendEnded(1, "database");
  metrics.requestEnded(end({ codes: ["NOT_READY"] }));
  const text = await metrics.text(status());
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => [name, type]));
  const own = [...types.keys()].filter((name) => name.startsWith("passerelle_")).sort();
  const [before = "", alerts = ""] = page.split("## What to be woken by");
  const named = (part: string): string[] => [...new Set(part.match(/\b(?:passerelle|process|nodejs)_\w+/g))];
  expect(
    named(before)
      .filter((name) => name.startsWith("passerelle_"))
      .sort(),
  ).toEqual(own);
  for (const name of named(page)) expect([name, types.has(name.replace(/_bucket$/, ""))]).toEqual([name, true]);
  for (const name of named(alerts).filter((each) => each.endsWith("_bucket")))
    expect(types.get(name.replace(/_bucket$/, ""))).toBe("histogram");
  const [, yaml = ""] = /```yaml\n(groups:[\s\S]*?)```/.exec(page) ?? [];
  const { groups } = parse(yaml) as { groups: { rules: { alert: string; expr: string }[] }[] };
  expect(groups.flatMap(({ rules }) => rules).length).toBeGreaterThan(5);
  // Each label's value that an alert asks for is one that the metric has.
  for (const [, label = "", operator = "", values = ""] of alerts.matchAll(/(outcome|state)(=~?)"([^"]+)"/g))
    for (const value of operator === "=~" ? values.split("|") : [values]) expect(text).toContain(`${label}="${value}"`);
});

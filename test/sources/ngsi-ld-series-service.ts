// The conformance fixture as one attribute's values over time in a real NGSI-LD broker: each row is a value with members.
import { contextBroker } from "../../src/demo/context-broker.js";
import type { TemporalEntity } from "../../src/demo/temporal-query.js";
import { type NgsiLdSettings, ngsiLdSource } from "../../src/sources/ngsi-ld/index.js";
import type { Source } from "../../src/sources/index.js";
import type { ServiceUnderTest } from "./conformance.js";
import { httpStand } from "./http-stand.js";
import { asJson, byCodePoint, type Fixture } from "./reference.js";
import { type Names, renamedSource } from "./renamed-source.js";

const members = ["id", "label", "parent", "big", "amount", "flag", "day", "place"];
const names: Names = {
  from: { "public.people": "Person/told" },
  columns: { ...Object.fromEntries(members.map((name) => [name, `value.${name}`])), 'at "quoted"': "value.at" },
  beyond: ["entity", "observedAt", "unitCode"],
};

/** Four entities, a value each second. */
function historyOf(fixture: Fixture): readonly TemporalEntity[] {
  const told = fixture.rows.map((row, i) => {
    const cells = fixture.columns.map((column, place) => {
      const member = names.columns[column.name]?.replace("value.", "") ?? "";
      return [member, asJson(column, row[place] ?? null)] as const;
    });
    const observedAt = new Date(Date.parse("2026-11-22T09:00:00Z") + i * 1_000).toISOString();
    return { type: "Property", value: Object.fromEntries(cells.filter(([, cell]) => cell !== null)), observedAt };
  });
  return [0, 1, 2, 3].map((entity) => {
    const id = `urn:ngsi-ld:Person:${entity}`;
    return { id, type: "Person", history: new Map([["told", told.filter((_, i) => i % 4 === entity)]]) };
  });
}

export const ngsiLdSeriesService =
  (form: "normalized" | "keyValues") =>
  async (fixture: Fixture): Promise<ServiceUnderTest> => {
    const history = historyOf(fixture);
    const today = history.map(({ id, type }) => ({ id, type, told: { type: "Property", value: {} } }));
    const stand = await httpStand(contextBroker(today, ["town"], () => history));
    const connect = (more: Partial<NgsiLdSettings> = {}): Source => {
      const temporal = { "Person/told": { since: "P9999W", lastN: true } };
      const { origin: url } = stand;
      const settings = { kind: "ngsi-ld", name: "people", url, tenant: "town", form, pageSize: 3, temporal } as const;
      const source = ngsiLdSource({ ...settings, ...more });
      return renamedSource({ ...source, describe: withMembers(source) }, names);
    };
    return {
      source: connect(),
      hasty: connect({ timeoutMs: 300 }),
      patient: connect({ timeoutMs: 60_000 }),
      compareText: byCodePoint,
      readingOnly: null,
      async stall() {
        const release = stand.stall();
        return async () => release();
      },
      working: async () => stand.working(),
      gone: () => connect({ url: "http://127.0.0.1:1" }),
      stop: () => stand.close(),
    };
  };

/** No broker tells which members a value has. */
const withMembers =
  (source: Source): Source["describe"] =>
  async (from, bounds) => {
    const described = await source.describe(from, bounds);
    const { value = "", ...rest } = Object.fromEntries(described ?? []);
    const told = Object.values(names.columns).map((name) => [name, value] as const);
    return described && new Map([...Object.entries(rest), ...told]);
  };

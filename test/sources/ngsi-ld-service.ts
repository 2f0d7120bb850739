// The conformance fixture in a real NGSI-LD broker.
import { contextBroker } from "../../src/demo/context-broker.js";
import { type NgsiLdSettings, ngsiLdSource } from "../../src/sources/ngsi-ld/index.js";
import type { Column, Source } from "../../src/sources/index.js";
import type { ServiceUnderTest } from "./conformance.js";
import { httpStand } from "./http-stand.js";
import { asJson, byCodePoint, type Fixture } from "./reference.js";
import { type Names, renamedColumn, renamedSource } from "./renamed-source.js";

// An entity's own `id` is a URI; the fixture's is a number, and so an attribute.
const names: Names = {
  from: { "public.people": "Person" },
  columns: { id: "number", 'at "quoted"': "at" },
  beyond: ["id", "place.lon", "place.lat"],
};

const entitiesOf = (fixture: Fixture) =>
  fixture.rows.map((row) => {
    const attributes = fixture.columns.flatMap((column, i) => {
      const cell = row[i] ?? null;
      // NGSI-LD has no null: the attribute is not there.
      if (cell === null) return [];
      const value = column.type === "DateTime" ? { "@type": "DateTime", "@value": cell } : asJson(column, cell);
      const type = column.type === "GeoJSON" ? "GeoProperty" : "Property";
      return [[renamedColumn(names, column).name, { type, value }] as const];
    });
    return { id: `urn:ngsi-ld:Person:${row[0]}`, type: "Person", ...Object.fromEntries(attributes) };
  });

export const ngsiLdService =
  (form: "normalized" | "keyValues") =>
  async (fixture: Fixture): Promise<ServiceUnderTest> => {
    const answer = contextBroker(entitiesOf(fixture), ["town"]);
    const stand = await httpStand((request, response) => {
      // An account that may read some attributes: a broker behind a guard, as towns run them.
      const readable = request.headers["x-readable"];
      const query = new URL(request.url ?? "/", "http://broker").searchParams;
      const asked = query.get("attrs")?.split(",") ?? ["*"];
      const mayRead = (attribute: string) => String(readable).split(",").includes(attribute);
      const isAllowed = readable === undefined || query.get("limit") === "0" || asked.every(mayRead);
      if (isAllowed) answer(request, response);
      else response.writeHead(403).end();
    });
    const connect = (more: Partial<NgsiLdSettings> = {}): Source =>
      renamedSource(
        ngsiLdSource({
          kind: "ngsi-ld",
          name: "people",
          url: stand.origin,
          tenant: "town",
          form,
          pageSize: 30,
          always: { Person: "number" },
          ...more,
        }),
        names,
      );
    return {
      source: connect(),
      hasty: connect({ timeoutMs: 300 }),
      patient: connect({ timeoutMs: 60_000 }),
      compareText: byCodePoint,
      readingOnly: async (columns: readonly Column[]) =>
        connect({ headers: { "x-readable": columns.map((column) => renamedColumn(names, column).name).join(",") } }),
      async stall() {
        const release = stand.stall();
        return async () => release();
      },
      working: async () => stand.working(),
      gone: () => connect({ url: "http://127.0.0.1:1" }),
      stop: () => stand.close(),
    };
  };

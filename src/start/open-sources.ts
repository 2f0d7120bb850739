// Opens every tenant's sources. Those of the demo town are made first: its databases stand on the embedded PostgreSQL.
import type { Town } from "../cli/index.js";
import { buildRivemont } from "../demo/index.js";
import { openSources, type SourceSettings, type WatchedSource } from "../sources/index.js";
import { StoreError } from "../store/index.js";
import type { TenantName } from "../terms/index.js";
import type { Closing } from "./closing.js";
import { sourceReports } from "./source-lines.js";

export type TownSources = ReadonlyMap<TenantName, ReadonlyMap<string, WatchedSource>>;
type Report = (line: string) => void;

/** @throws StoreError where a demo database cannot be. */
export async function openTownSources(town: Town, report: Report, closing: Closing): Promise<TownSources> {
  const databases = await demoDatabases(town, report);
  const opened = new Map<TenantName, ReadonlyMap<string, WatchedSource>>();
  for (const tenant of town.settings.tenants.values()) {
    const resolved = [...tenant.sources].map(([name, source]) => [name, resolve(source, databases)] as const);
    const sources = openSources(new Map(resolved), sourceReports(tenant.name, report));
    closing.add(() => Promise.all([...sources.values()].map((source) => source.close())));
    opened.set(tenant.name, sources);
  }
  return opened;
}

async function demoDatabases({ settings, store }: Town, report: Report): Promise<ReadonlyMap<string, string>> {
  if (settings.demo === null) return new Map();
  if (store.superuser === null)
    throw new StoreError(
      "demo-needs-embedded",
      "The demo makes its databases on the embedded PostgreSQL only. Set PASSERELLE_DEMO=off, or unset DATABASE_URL.",
    );
  return (await buildRivemont({ superuserUrl: store.superuser, report })).databases;
}

/** With the address of the demo's database in place of `embedded:NAME`. */
function resolve(source: SourceSettings, databases: ReadonlyMap<string, string>): SourceSettings {
  if (source.kind !== "postgres") return source;
  const [, database] = /^embedded:(.+)$/.exec(source.url) ?? [];
  const url = database === undefined ? source.url : databases.get(database);
  if (url === undefined) throw new StoreError("no-database", `There is no embedded database "${database ?? ""}".`);
  return { ...source, url };
}

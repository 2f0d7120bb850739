// Opens every tenant's sources. Those of the demo town are made first: databases on the embedded PostgreSQL,
// services as processes of their own.
import type { Town } from "../cli/index.js";
import { buildRivemont, type DemoPrograms, demoServiceNames, startDemoPrograms } from "../demo/index.js";
import { openSources, type SourceSettings, type WatchedSource } from "../sources/index.js";
import { StoreError } from "../store/index.js";
import type { TenantName } from "../terms/index.js";
import type { Closing } from "./closing.js";
import { sourceReports } from "./source-lines.js";

export type TownSources = ReadonlyMap<TenantName, ReadonlyMap<string, WatchedSource>>;
/** By what gateway.yaml writes: `embedded:NAME`, `demo:NAME`. */
export type DemoAddresses = ReadonlyMap<string, string>;
type Report = (line: string) => void;

export function openTownSources(town: Town, addresses: DemoAddresses, report: Report, closing: Closing): TownSources {
  const opened = new Map<TenantName, ReadonlyMap<string, WatchedSource>>();
  for (const tenant of town.settings.tenants.values()) {
    const resolved = [...tenant.sources].map(([name, source]) => [name, resolve(source, addresses)] as const);
    const sources = openSources(new Map(resolved), sourceReports(tenant.name, report));
    closing.add(() => Promise.all([...sources.values()].map((source) => source.close())));
    opened.set(tenant.name, sources);
  }
  return opened;
}

/** Databases and services are made side by side. @throws StoreError where one cannot be. */
export async function openDemo(town: Town, report: Report, closing: Closing): Promise<DemoAddresses> {
  const { settings, store } = town;
  if (settings.demo === null) return new Map();
  if (store.superuser === null)
    throw new StoreError(
      "demo-needs-embedded",
      "The demo makes its databases on the embedded PostgreSQL only. Set PASSERELLE_DEMO=off, or unset DATABASE_URL.",
    );
  const services = demoServices(town, report);
  // Before anything else may fail: no service outlives the start that made it.
  closing.add(async () => (await services).close());
  const building = buildRivemont({ superuserUrl: store.superuser, report });
  const [{ databases }, { addresses }] = await Promise.all([building, services]);
  return new Map([
    ...[...databases].map(([name, url]) => [`embedded:${name}`, url] as const),
    ...[...addresses].map(([name, url]) => [`demo:${name}`, url] as const),
  ]);
}

/** Only those that some source names: an older town folder knows none of them. */
async function demoServices({ settings }: Town, report: Report): Promise<DemoPrograms> {
  const written = new Set(
    [...settings.tenants.values()].flatMap(({ sources, citizens }) => [
      ...[...sources.values()].map(addressIn),
      citizens?.issuer,
    ]),
  );
  const names = demoServiceNames.filter((name) => written.has(`demo:${name}`));
  return startDemoPrograms({ names, report });
}

const addressIn = (source: SourceSettings): string => (source.kind === "files" ? "" : source.url);

/** With the real address in place of `embedded:NAME` or `demo:NAME`. */
function resolve(source: SourceSettings, addresses: DemoAddresses): SourceSettings {
  if (source.kind === "files" || !/^(embedded|demo):/.test(source.url)) return source;
  const url = addresses.get(source.url);
  if (url === undefined) throw new StoreError("no-demo-address", `The demo has no "${source.url}".`);
  return { ...source, url };
}

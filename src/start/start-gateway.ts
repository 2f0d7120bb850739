// Wires the rooms into a gateway that answers. Nothing here decides: it opens, hands over, and closes in reverse.
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buildSchema } from "graphql";
import { readCatalogue } from "../catalogue/index.js";
import { savedChanges, type Town } from "../cli/index.js";
import type { TenantSettings } from "../config.js";
import { demoQueries } from "../demo/index.js";
import {
  answer,
  createAdmission,
  createCostBuckets,
  createRate,
  CurrentVersions,
  type CurrentOptions,
  executeOperation,
  proveEntry,
  sourceGate,
  type GatewayServices,
  type OperationContext,
  type Shadow,
} from "../gateway/index.js";
import { reboundFields } from "../identity/index.js";
import { loadPolicyVersion, type PolicyWatch, type TownNames } from "../policy/index.js";
import { SourceFailure, type Source, type SourceSettings } from "../sources/index.js";
import { RevisionReader, StoreError } from "../store/index.js";
import { formatFault, type FileFault, type PolicyVersionId } from "../terms/index.js";
import { createGraphQLServer, createWeb, type WebEvent, type WebOptions } from "../web/index.js";
import { Closing } from "./closing.js";
import { seedConsents } from "./demo-consents.js";
import { seedDemo, type DemoKeys } from "./demo-town.js";
import { openConsole, staffServices } from "./governance.js";
import { GatewayWatch } from "./gateway-watch.js";
import { seldom } from "./seldom.js";
import { tellUnknownBudgets } from "./unknown-budgets.js";
import { applyFiles, keepApplied, shortId, type PolicyFilesOptions } from "./keep-policies.js";
import { openConsents } from "./consent.js";
import { citizenPages } from "./citizen-pages.js";
import { noteDemoSignIn, openCitizens, type OpenedCitizens, tellCitizenFaults } from "./citizens.js";
import { readiness } from "./readiness.js";
import { openLog } from "./open-log.js";
import { openDemo, openTownSources, type DemoAddresses, type TownSources } from "./open-sources.js";
import { openShadow } from "./open-shadow.js";
import { openOperations } from "./operations.js";
import { partsOf, tracing } from "./tracing.js";
import { watchSettings } from "./watch-settings.js";
import { openWebhooks } from "./webhooks.js";

/** At the first start, with nothing in force: every fault, and no gateway. */
export class StartRefused extends Error {
  override readonly name = "StartRefused";
  constructor(readonly faults: readonly FileFault[]) {
    super(faults.map(formatFault).join("\n"));
  }
}

export interface RunningGateway {
  readonly address: string;
  /** The operator's own port: `http://127.0.0.1:9464`. */
  readonly operations: string;
  readonly demoKeys: DemoKeys | null;
  /** A one-time link into the console; null outside the demo. */
  readonly consoleLink: string | null;
  close(): Promise<void>;
}

export interface StartOptions {
  readonly town: Town;
  readonly report: (line: string) => void;
}

/** @throws StartRefused, StoreError: what was opened is closed again, the town itself stays open. */
export async function startGateway(options: StartOptions): Promise<RunningGateway> {
  const closing = new Closing();
  try {
    return await start(options, closing);
  } catch (error) {
    await closing.run();
    throw error;
  }
}

async function start({ town, report }: StartOptions, closing: Closing): Promise<RunningGateway> {
  const { settings } = town;
  let demoKeys: DemoKeys | null = null;
  const watches: PolicyWatch[] = [];
  const watch = new GatewayWatch(town);
  closing.add(() => Promise.all(watches.map((each) => each.close())));
  for (const tenant of settings.tenants.values()) {
    if (settings.demo !== null) demoKeys = await seed(town, tenant);
    const files = policyFiles(town, tenant, watch, report);
    await putInForce(town, files, report);
    if (settings.mode === "development") watches.push(keepApplied(files));
    await tellUnknownBudgets(town, tenant, report);
  }
  // After the files: a mistake in them is said before a demo town is built.
  const addresses = await openDemo(town, report, closing);
  await noteDemoSignIn(town, addresses, closing);
  if (settings.demo !== null) for (const tenant of settings.tenants.values()) await seedConsents(town, tenant, report);
  const sources = openTownSources(town, addresses, report, closing);
  watch.watchSources(sources);
  const { log, watched, live } = await openLog(town, watch, report, closing);
  let address = "";
  const parts = { consent: openConsents(town, closing), ...(await tracing(town, closing)) };
  const site: Site = { addresses, address: () => address, ...parts };
  const { answered, server, shadow, citizens } = await wire(town, sources, site, watch, watched, report);
  closing.add(() => server.stop());
  closing.add(() => shadow.close());
  openWebhooks({ town, sources, versions: answered.versions, report }, closing);
  if (settings.mode === "development") closing.add(watchSettings(settings.folder, report));
  // Before the web, and so closed after it: it tells how things go until the last request is answered.
  const operations = await openOperations({
    town,
    watch,
    services: answered,
    address: () => address,
    health: () => readiness(town, answered, live),
    report,
    reportEvent: (event) => report(webLine(event)),
  });
  closing.add(() => operations.close());
  const web = await createWeb({
    ...settings.listen,
    tenants: [...settings.tenants.keys()],
    bodyBytes: settings.limits.bodyBytes,
    answer: (request) => answer(answered, request),
    prove: (request, entry) => proveEntry(answered, (...asked) => log.entryProof(...asked), request, entry),
    health: () => readiness(town, answered, live),
    report: (event) => report(webLine(event)),
    log,
    citizens: citizenPages({ town, addresses, log, ...citizens, versions: answered.versions, report: seldom(report) }),
    staff: staffServices({
      ...{ town, log, closing, report: seldom(report) },
      ...{ versions: answered.versions, services: answered.tenants },
    }),
    about: aboutOf(town),
  });
  address = web.address;
  closing.add(() => web.close());
  const consoleLink = await openConsole(town, address, closing);
  await Promise.all(watches.map((each) => each.ready));
  return { address, operations: operations.address, demoKeys, consoleLink, close: () => closing.run() };
}

function aboutOf({ settings }: Town): NonNullable<WebOptions["about"]> {
  const [first] = settings.tenants.values();
  const openExample = settings.demo === null ? undefined : demoQueries.find((each) => each.application === null)?.query;
  return {
    ...(settings.tenants.size === 1 && first ? { name: first.displayName, contact: first.contact } : {}),
    ...(openExample === undefined ? {} : { example: openExample }),
  };
}

/** Calls that a source takes at once without making one wait for another. */
function callsAtOnce(source: SourceSettings): number {
  if (source.kind === "postgres") return source.poolSize ?? 5;
  return (source.kind === "files" ? undefined : source.concurrency) ?? 8;
}

async function seed(town: Town, tenant: TenantSettings): Promise<DemoKeys> {
  const { folder } = town.settings;
  const sdl = readFileSync(join(folder, tenant.schemaFile), "utf8");
  const { catalogue, faults } = readCatalogue(sdl, {
    file: tenant.schemaFile,
    sources: new Set(tenant.sources.keys()),
  });
  if (catalogue === null) throw new StartRefused(faults);
  const stateFolder = join(folder, ".passerelle");
  await mkdir(stateFolder, { recursive: true });
  const today = new Date().toLocaleDateString("sv-SE", { timeZone: tenant.timeZone });
  const purposes = new Set<string>(tenant.purposes.keys());
  return seedDemo({ stateFolder, tenant: tenant.name, registry: town.registry, catalogue, purposes, today });
}

function policyFiles(
  town: Town,
  tenant: TenantSettings,
  watch: GatewayWatch,
  report: StartOptions["report"],
): PolicyFilesOptions {
  return {
    folder: town.settings.folder,
    tenant: tenant.name,
    tenants: [...town.settings.tenants.keys()],
    schemaFile: tenant.schemaFile,
    store: town.policyStore,
    report,
    changes: (content) => savedChanges(town, tenant, content),
    review: (version) => agreementsToReview(town, tenant, version),
    checked: (faults) => watch.filesChecked(tenant.name, faults),
    names: async (): Promise<TownNames> => ({
      sources: new Set(tenant.sources.keys()),
      purposes: new Set(tenant.purposes.keys()),
      applications: new Set((await town.registry.listApplications(tenant.name)).map((application) => application.name)),
    }),
  };
}

/** An agreed field that schema.graphql binds to something else than what was approved is shut until a DPO has read it. */
async function agreementsToReview(town: Town, tenant: TenantSettings, id: PolicyVersionId): Promise<readonly string[]> {
  const content = await town.policyStore.read(tenant.name, id);
  if (content === null) return [];
  const { catalogue } = loadPolicyVersion(content, new Set(tenant.sources.keys()));
  const agreements = await town.registry.listAgreements(tenant.name);
  return agreements.flatMap(({ ref, approved }) => {
    const rebound = approved === null ? [] : reboundFields(approved.snapshot, catalogue);
    return rebound.length === 0
      ? []
      : [
          `${ref}: ${rebound.join(", ")} now stand for other data than was approved; shut until a DPO approves them again`,
        ];
  });
}

/** Development applies the files; elsewhere what was applied last is in force, and a file changes nothing. */
async function putInForce(town: Town, files: PolicyFilesOptions, report: StartOptions["report"]): Promise<void> {
  const { tenant } = files;
  const inForce = (await town.policyStore.revision(tenant)).policyVersion;
  if (town.settings.mode === "production") {
    if (inForce === null) report(`${tenant}: nothing is in force, so nothing is shared; run: passerelle policy apply`);
    else report(`${tenant}: version ${shortId(inForce)} in force`);
    return;
  }
  const result = await applyFiles(files, "start of the gateway");
  if (result.applied) {
    report(`${tenant}: version ${shortId(result.version)} in force`);
    return;
  }
  if (inForce === null) throw new StartRefused(result.faults);
  for (const fault of result.faults) report(formatFault(fault));
  report(`${tenant}: the files have faults; version ${shortId(inForce)} stays in force`);
}

function tenantsServed({ settings }: Town, sources: TownSources, watch: GatewayWatch): GatewayServices["tenants"] {
  const { inFlight } = settings.limits;
  return new Map(
    [...settings.tenants.values()].map(({ name: tenant, contact, timeZone, budgets, sources: described }) => {
      const gates = new Map([...described].map(([name, each]) => [name, sourceGate(callsAtOnce(each), inFlight)]));
      const own = sources.get(tenant) ?? new Map<string, Source>();
      const callEnded = watch.sourceCallEnded.bind(watch, tenant);
      return [tenant, { contact, timeZone, budgets, sources: own, gates, callEnded }];
    }),
  );
}

interface Wired {
  readonly answered: GatewayServices;
  readonly server: Awaited<ReturnType<typeof createGraphQLServer<OperationContext>>>;
  readonly shadow: Shadow;
  readonly citizens: OpenedCitizens;
}

/** What requests are answered with beside the town itself. */
interface Site extends Pick<GatewayServices, "consent" | "traced"> {
  readonly addresses: DemoAddresses;
  readonly address: () => string;
}

async function wire(
  town: Town,
  sources: TownSources,
  site: Site,
  watch: GatewayWatch,
  log: GatewayServices["log"],
  report: StartOptions["report"],
): Promise<Wired> {
  const { settings } = town;
  const revisions = RevisionReader.of(town.store.gateway);
  const versionOptions: CurrentOptions = {
    revision: (tenant) => revisions.current(tenant),
    saw: (tenant, revision) => watch.sawRevision(tenant, revision),
    load: async (tenant, id) => {
      const content = await town.policyStore.read(tenant, id);
      if (content === null) throw new StoreError("no-version", `Policy version ${id} is not stored.`);
      return loadPolicyVersion(content, new Set(settings.tenants.get(tenant)?.sources.keys() ?? []));
    },
    abilities: (tenant, name) => {
      const source = sources.get(tenant)?.get(name);
      if (!source) throw new SourceFailure(name, "unavailable", "not in gateway.yaml");
      return source.abilities;
    },
    pages: settings.limits,
  };
  const versions = new CurrentVersions(versionOptions);
  const server = await createGraphQLServer<OperationContext>({
    schema: () => anySchema,
    execute: ({ document, parameters, context }) => executeOperation(document, parameters, context),
    tokens: settings.limits.tokens,
    onRequestError: (context, codes) => void (context.note.codes = codes),
    report: (event) => report(webLine(event)),
  });
  const shadow = openShadow(town, versionOptions, seldom(report));
  const tenants = tenantsServed(town, sources, watch);
  const citizens = openCitizens({ town, services: tenants, versions, ...site, report: seldom(report) });
  for (const tenant of settings.tenants.values()) await tellCitizenFaults({ versions, report }, tenant);
  const answered: GatewayServices = {
    tenants,
    versions,
    identity: town.identity,
    derived: town.derived,
    log,
    admission: createAdmission(settings.limits),
    rate: createRate({ perMinute: settings.limits.openPerMinute }),
    keyRate: createRate({ perMinute: settings.limits.keyPerMinute }),
    costs: createCostBuckets(),
    limits: settings.limits,
    server,
    ...partsOf(site),
    citizen: citizens.ofRequest,
    report: seldom(report),
    ended: (end) => watch.requestEnded(end),
    shadow: (known) => shadow.look(known),
  };
  return { answered, server, shadow, citizens };
}

/** Apollo wants a schema before there is a version; it validates and executes nothing against it. */
const anySchema = buildSchema("type Query { empty: Boolean }");

const webLine = ({ event, name, request, frames }: WebEvent): string =>
  [`${event}: ${name}${request === null ? "" : ` (request ${request})`}`, ...frames].join("\n    ");

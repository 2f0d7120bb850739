// The town folder made ready for work: what the gateway's start and the command line open alike.
import { openAccessLog, type AccessLog, type AccessLogOptions } from "../accesslog/index.js";
import { loadSettings, type Settings } from "../config.js";
import { ConsentRegister, noteClosed } from "../consent/index.js";
import {
  checkSecrets,
  DerivedKeys,
  Identity,
  identityEntities,
  KeyFileError,
  openKeyFile,
  Registry,
  subjectTokensWith,
  type KeyFile,
} from "../identity/index.js";
import { policyEntities, PolicyStore, ShadowStore } from "../policy/index.js";
import { openStore, type Store } from "../store/index.js";
import { formatFault, type FileFault, type TenantName } from "../terms/index.js";
import { logAuthorities, logSigner, logWitnesses } from "./town-log.js";

export interface TownOptions {
  /** The town folder, where gateway.yaml lies. */
  readonly folder: string;
  /** The process's own unless given. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Progress for a terminal, one line each. */
  readonly report: (line: string) => void;
  readonly now?: () => Date;
}

export interface Town {
  readonly settings: Settings;
  readonly store: Store;
  readonly secrets: KeyFile;
  readonly derived: DerivedKeys;
  readonly registry: Registry;
  readonly identity: Identity;
  readonly policyStore: PolicyStore;
  /** Staff's hand: sets and stops a shadow version. What a gateway counts goes by its own role. */
  readonly shadowStore: ShadowStore;
  /** What people decided, by staff's hand. What a citizen decides goes by the gateway's role. */
  readonly consents: ConsentRegister;
  /** One connection to the log; closed by `close`, or before by the caller. */
  openLog(options?: Omit<AccessLogOptions, "connectionString" | "report">): Promise<AccessLog>;
  /** Closes what was opened; an embedded PostgreSQL that nobody else uses is stopped. May be called again. */
  close(): Promise<void>;
}

/** gateway.yaml, the environment or the key file cannot be taken as they are. */
export class TownRefused extends Error {
  override readonly name = "TownRefused";
  constructor(readonly faults: readonly FileFault[]) {
    super(faults.map(formatFault).join("\n"));
  }
}

/**
 * Opens the store (starting the embedded server where nobody did yet), the key file and what stands on them.
 * @throws TownRefused with every fault of gateway.yaml, or of the key file; StoreError in words for the operator
 */
export async function openTown(options: TownOptions): Promise<Town> {
  const { settings, faults } = loadSettings(options.folder, options.env);
  if (settings === null) throw new TownRefused(faults);
  const tenants = [...settings.tenants.keys()];
  const outside = logOutside(settings);
  const secrets = await refusingFaults(
    () =>
      // Elsewhere than in development a missing secret is never made anew: every id given so far would change.
      openKeyFile(settings.keyFile, tenants, { createMissing: settings.mode === "development" }),
    withWayOut,
  );
  const entities = [...identityEntities, ...policyEntities];
  const store = await openStore({ location: settings.store, entities, report: options.report });
  try {
    const now = options.now?.() ?? new Date();
    await refusingFaults(() => checkSecrets(store.gateway, secrets, tenants, now));
    return wire(settings, store, secrets, outside, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}

function wire(
  settings: Settings,
  store: Store,
  secrets: KeyFile,
  outside: ReturnType<typeof logOutside>,
  { report, now }: TownOptions,
): Town {
  const timeZone = (tenant: TenantName): string => settings.tenants.get(tenant)?.timeZone ?? "Europe/Paris";
  const logs = new Set<AccessLog>();
  let closed: Promise<void> | null = null;
  const closeAll = async (): Promise<void> => {
    await Promise.allSettled([...logs].map((log) => log.close()));
    await store.close();
  };
  const derived = new DerivedKeys(secrets);
  return {
    settings,
    store,
    secrets,
    derived,
    registry: new Registry({ dataSource: store.keeper, tenants: settings.tenants, secrets, ...(now && { now }) }),
    identity: new Identity({ dataSource: store.gateway, secrets, timeZone }),
    policyStore: new PolicyStore(store.gateway),
    shadowStore: new ShadowStore(store.keeper),
    consents: new ConsentRegister({
      dataSource: store.keeper,
      tokens: subjectTokensWith(derived),
      timeZone,
      closed: noteClosed,
      ...(now && { now }),
    }),
    openLog: async (log) => {
      const opened = await openAccessLog({
        connectionString: store.addresses.gateway,
        report,
        signer: logSigner({ settings, secrets }, now ?? (() => new Date())),
        ...outside,
        ...log,
      });
      logs.add(opened);
      const close = async (): Promise<void> => {
        logs.delete(opened);
        await opened.close();
      };
      return { ...opened, close };
    },
    close: () => (closed ??= closeAll()),
  };
}

/** @throws TownRefused */
function logOutside(settings: Settings): Pick<Required<AccessLogOptions>, "witnesses" | "timestamps"> {
  const { witnesses, faults } = logWitnesses(settings);
  const { authorities, faults: others } = logAuthorities(settings);
  if (faults.length + others.length > 0) throw new TownRefused([...faults, ...others]);
  return {
    witnesses: (tenant) => witnesses.get(tenant) ?? [],
    timestamps: (tenant) => authorities.get(tenant) ?? null,
  };
}

async function refusingFaults<T>(work: () => Promise<T>, worded = (fault: FileFault) => fault): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KeyFileError) throw new TownRefused(error.faults.map(worded));
    throw error;
  }
}

/** A new town in production has no key file to restore: say how the first one is made. */
const withWayOut = (fault: FileFault): FileFault =>
  ["no-file", "no-secret", "no-signing-key"].includes(fault.code)
    ? { ...fault, message: `${fault.message}. ${wayOut(fault.code)}: npx passerelle keyfile create` }
    : fault;

const wayOut = (code: string): string =>
  code === "no-signing-key" ? "To make it" : "In a new town, or for a new tenant";

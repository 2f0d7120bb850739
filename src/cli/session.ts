// One command at work in the town: opened before it, closed after it, on record before it reads or changes anything.
import { AccessLogUnavailable, staffEntry, type AccessLog, type Appended } from "../accesslog/index.js";
import type { TenantSettings } from "../config.js";
import { nearest, type SubjectToken } from "../terms/index.js";
import { couldNot, refuse } from "./failure.js";
import { openTown, type Town } from "./open-town.js";
import type { Terminal } from "./terminal.js";

/** What every command is given, by the entry or by a test. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** The town folder. */
  readonly folder: string;
  /** The process's own unless given. */
  readonly env?: NodeJS.ProcessEnv;
  /** The operating system's user. */
  readonly who: string;
  readonly now: () => Date;
  /** Asks the person at the terminal; absent where nobody is there to answer. */
  readonly confirm?: (question: string) => Promise<boolean>;
}

export interface Session {
  readonly context: CommandContext;
  readonly terminal: Terminal;
  readonly town: Town;
  readonly tenant: TenantSettings;
  readonly log: AccessLog;
  /**
   * Law 4 for staff: to be awaited before anything is read or changed. Filters are names, never a person's key; a
   * person stands in `subjects`, which can be erased.
   * @throws CommandFailure when it cannot be recorded: then nothing may be read, changed or printed
   */
  record(
    command: string,
    filters?: Readonly<Record<string, string>>,
    subjects?: readonly { readonly scheme: string; readonly token: SubjectToken }[],
  ): Promise<Appended>;
}

/** Opens the town, does the work, closes it in any case. @param tenant as asked for; may be left out where there is one */
export async function inTown(
  context: CommandContext,
  tenant: string | undefined,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const { terminal, folder, env, now } = context;
  const report = (line: string): void => terminal.err(line, "dim");
  const town = await openTown({ folder, env, now, report });
  try {
    const settings = chooseTenant(town, tenant);
    // Its search index is brought up to date when it is searched, and nobody is counted here.
    const log = await town.openLog({ indexEveryMs: 0, countEveryMs: 0, signEveryMs: 0 });
    await work({ context, terminal, town, tenant: settings, log, record: recorder(log, settings, context) });
  } finally {
    await town.close();
  }
}

/** @throws CommandFailure where it is not clear which one, with the names there are */
export function chooseTenant({ settings }: Pick<Town, "settings">, asked: string | undefined): TenantSettings {
  const all = [...settings.tenants.values()];
  const names = all.map(({ name }) => name);
  if (asked === undefined) {
    const [only, another] = all;
    if (only !== undefined && another === undefined) return only;
    throw refuse(`gateway.yaml has several tenants: say which one with --tenant (${names.join(", ")}).`);
  }
  const found = all.find(({ name }) => name === asked);
  if (found !== undefined) return found;
  const meant = nearest(asked, names);
  throw refuse(
    `gateway.yaml has no tenant "${asked}"${meant === undefined ? "" : ` (did you mean "${meant}"?)`}. It has: ${names.join(", ")}.`,
  );
}

const recorder =
  (log: AccessLog, tenant: TenantSettings, { who, now }: CommandContext): Session["record"] =>
  async (command, filters = {}, subjects = []) => {
    try {
      return await log.append(staffEntry({ tenant: tenant.name, at: now(), who, command, filters, subjects }));
    } catch (error) {
      if (!(error instanceof AccessLogUnavailable)) throw error;
      throw couldNot(
        `${error.message}\nWhat staff read or change is recorded first, so nothing was read or changed. ` +
          "Check that the database runs and has room, then repeat the command.",
      );
    }
  };

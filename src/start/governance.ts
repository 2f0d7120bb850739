// The console's server side with what it stands on.
import { rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { AccessLog } from "../accesslog/index.js";
import { consoleNote, linkAddress, type Town } from "../cli/index.js";
import { createRate } from "../gateway/index.js";
import { StaffLinks, type GovernanceServices, type GovernedTown } from "../governance/index.js";
import type { TenantName } from "../terms/index.js";
import type { StaffServices } from "../web/index.js";
import type { Closing } from "./closing.js";
import { staffPeople } from "./staff-people.js";

export interface StaffParts {
  readonly town: Town;
  readonly log: AccessLog;
  readonly report: (line: string) => void;
}

/** Sign-ins and links, of all staff on one node. */
const signInsPerMinute = 120;
/** Questions of one person on one node: a page of the console asks a few. */
const questionsPerMinute = 600;

export function staffServices({ town, log, report }: StaffParts): StaffServices {
  const { settings, store, secrets } = town;
  const now = (): Date => new Date();
  const [first] = settings.tenants.keys();
  if (first === undefined) throw new Error("no tenant");
  return {
    governance: governanceOf({ town, log, report }, now),
    dataSource: store.gateway,
    provider: null,
    links: settings.mode === "development" ? new StaffLinks(store.gateway, now) : null,
    publicOrigin: null,
    // Beside the compiled `start`: dist/console.
    consoleFolder: join(import.meta.dirname, "..", "console"),
    signInRate: createRate({ perMinute: signInsPerMinute }),
    rate: createRate({ perMinute: questionsPerMinute }),
    pendingSecret: () => secrets.secret(first, secrets.current(first)),
    now,
    report,
  };
}

function governanceOf({ town: { settings }, log, report }: StaffParts, now: () => Date): GovernanceServices {
  const towns = new Map<TenantName, GovernedTown>(
    [...settings.tenants].map(([name, { displayName, contact, timeZone }]) => [
      name,
      { name, displayName, contact, timeZone },
    ]),
  );
  return { towns, people: staffPeople(settings, report), log, now };
}

/**
 * So that the command finds the console while it runs, and in the demo a link into it.
 * @returns the line to print; null outside the demo, or where the town has no DPO
 */
export async function openConsole(town: Town, address: string, closing: Closing): Promise<string | null> {
  const { settings, store } = town;
  if (settings.mode !== "development") return null;
  const file = join(settings.folder, consoleNote);
  await mkdir(join(settings.folder, ".passerelle"), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ address })}\n`, { mode: 0o600 });
  closing.add(() => Promise.resolve(rmSync(file, { force: true })));
  const [tenant] = settings.tenants.values();
  const dpo = tenant?.people.find(({ roles }) => roles.includes("dpo"));
  if (settings.demo === null || dpo === undefined) return null;
  return linkAddress(address, await new StaffLinks(store.gateway).make(dpo.email));
}

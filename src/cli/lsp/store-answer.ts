// What the store knows and the files do not: applications and agreements. An editor starts no database for it, makes no
// secret, and works without.
import { existsSync } from "node:fs";
import { loadSettings, type Settings } from "../../config.js";
import type { AgreementView } from "../../identity/index.js";
import type { TenantName } from "../../terms/index.js";
import { standingWords } from "../agreement-words.js";
import { readNote } from "../running-gateway.js";
import { inTown, type CommandContext } from "../session.js";

export interface KnownAgreement {
  /** `cantine-plus/school-meals` */
  readonly ref: string;
  readonly application: string;
  readonly purpose: string;
  /** Coordinates of the newest approved version; null before the first approval. */
  readonly fields: ReadonlySet<string> | null;
  /** `in force until 2026-12-31` */
  readonly standing: string;
}

export interface StoreAnswer {
  /** Title by name. */
  readonly applications: ReadonlyMap<string, string>;
  readonly agreements: readonly AgreementView[];
}

/** Null: no store is to be asked here, or it does not answer; `why` in words. */
export type StoreAsked =
  | { readonly answers: ReadonlyMap<TenantName, StoreAnswer>; readonly why: null }
  | { readonly answers: null; readonly why: string };

/** Law 4: that names and agreements are read here is put on record, once for each start of the editor. */
export class StoreReader {
  readonly #recorded = new Set<TenantName>();

  constructor(private readonly context: CommandContext) {}

  async ask(): Promise<StoreAsked> {
    const { folder, env } = this.context;
    const { settings } = loadSettings(folder, env);
    const why = settings === null ? "not all settings of the gateway are known here" : whyNot(settings);
    if (settings === null || why !== null) return { answers: null, why: why ?? "" };
    try {
      const answers = new Map<TenantName, StoreAnswer>();
      for (const tenant of settings.tenants.keys()) answers.set(tenant, await this.#askOf(tenant));
      return { answers, why: null };
    } catch {
      // What failed is the database's: the command `policy check` says it whole, where somebody reads it.
      return { answers: null, why: "the database does not answer" };
    }
  }

  async #askOf(tenant: TenantName): Promise<StoreAnswer> {
    let answer: StoreAnswer = { applications: new Map(), agreements: [] };
    await inTown(this.context, tenant, async (session) => {
      if (!this.#recorded.has(tenant)) await session.record("policy lsp");
      this.#recorded.add(tenant);
      const applications = await session.town.registry.listApplications(tenant);
      const agreements = await session.town.registry.listAgreements(tenant);
      answer = {
        applications: new Map(applications.map(({ name, title }) => [name, title])),
        agreements,
      };
    });
    return answer;
  }
}

/** Null: it may be asked. */
function whyNot({ folder, store, keyFile }: Settings): string | null {
  if (!existsSync(keyFile)) return "the gateway was never started here";
  if (store.kind === "server") return null;
  const note = readNote(folder);
  return note !== null && isAlive(note.pid) ? null : "the gateway does not run";
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

export const knownAgreement = (agreement: AgreementView): KnownAgreement => ({
  ref: agreement.ref,
  application: agreement.application,
  purpose: agreement.purpose,
  fields: agreement.approved === null ? null : new Set(agreement.approved.snapshot.fields),
  standing: standingWords(agreement),
});

// The town folder as the editor holds it: open documents in place of the saved files, checked by the one validator.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readCatalogue, type Catalogue } from "../../catalogue/index.js";
import { readOutline, type TenantOutline, type TownOutline } from "../../config.js";
import {
  checkVersion,
  checkVersionAlone,
  commonFolder,
  lintRules,
  openData,
  policyPathKind,
  readableFilters,
  readableRules,
  readPolicyFolder,
  schemaName,
  type RuleSet,
  type VersionContent,
} from "../../policy/index.js";
import type { FileFault, TenantName } from "../../terms/index.js";
import { signedAgreements } from "../check-town.js";
import { asSaved } from "./open-files.js";
import { knownAgreement, type KnownAgreement, type StoreAnswer } from "./store-answer.js";

/** What one tenant's rules can name, and the rules as far as they can be read. */
export interface TenantView {
  readonly outline: TenantOutline;
  /** The last schema.graphql without fault; null: there was none yet. */
  readonly catalogue: Catalogue | null;
  readonly rules: RuleSet["rules"];
  readonly memberships: RuleSet["memberships"];
  /** Of the tenant's filters.yaml, as far as they can be read. */
  readonly filters: RuleSet["filters"];
  /** By name; titles where a store answered. */
  readonly applications: ReadonlyMap<string, string | null>;
  /** Null: no store answered. */
  readonly agreements: readonly KnownAgreement[] | null;
}

export interface CheckedTown {
  /** Paths as they lie in the folder; each fault once, whatever tenants it is told for. */
  readonly faults: readonly FileFault[];
  /** The texts that were checked. */
  readonly texts: ReadonlyMap<string, string>;
}

export const settingsName = "gateway.yaml";

/** More would not be read by anybody; the validator says itself what it leaves out. */
const mostFaults = 2_000;

export class TownView {
  #outline: TownOutline = new Map();
  readonly #tenants = new Map<TenantName, TenantView>();

  constructor(
    readonly folder: string,
    readonly env: NodeJS.ProcessEnv | undefined,
  ) {}

  get tenants(): readonly TenantName[] {
    return [...this.#outline.keys()];
  }

  /** The tenant whose file it is; for those of all tenants, and for other files, the first one. */
  tenantOf(path: string): TenantView | null {
    const views = [...this.#tenants.values()];
    const own = views.find(
      ({ outline }) => path.startsWith(`policies/${outline.name}/`) || path === outline.schemaFile,
    );
    return own ?? views[0] ?? null;
  }

  /** Whether a path's text takes part in the check. */
  concerns(path: string): boolean {
    return path === settingsName || path.startsWith("policies/") || this.#isSchema(path);
  }

  #isSchema(path: string): boolean {
    return path === schemaName || [...this.#outline.values()].some(({ schemaFile }) => schemaFile === path);
  }

  /** @param open texts of open documents by path from the town folder */
  async check(open: ReadonlyMap<string, string>, answers: ReadonlyMap<TenantName, StoreAnswer>): Promise<CheckedTown> {
    const texts = new Map<string, string>();
    const faults = await this.#readSettings(open, texts);
    const unsaved = new Map(
      [...open].map(([path, text]) => [path, path.endsWith(".csv") ? asSaved(this.folder, path, text) : text]),
    );
    for (const outline of this.#outline.values())
      faults.push(...(await this.#checkTenant(outline, unsaved, answers.get(outline.name) ?? null, texts)));
    for (const gone of [...this.#tenants.keys()].filter((name) => !this.#outline.has(name))) this.#tenants.delete(gone);
    return {
      faults: [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()].slice(0, mostFaults),
      texts,
    };
  }

  async #readSettings(open: ReadonlyMap<string, string>, texts: Map<string, string>): Promise<FileFault[]> {
    const saved = readFile(join(this.folder, settingsName), "utf8").catch(() => null);
    const text = open.get(settingsName) ?? (await saved);
    if (text === null) {
      const message = `there is no ${settingsName} in this folder: names of purposes and sources are not known`;
      return [{ severity: "fault", code: "no-file", file: settingsName, line: 1, column: 1, message }];
    }
    texts.set(settingsName, text);
    const { outline, faults } = readOutline(this.folder, text, this.env);
    // While a line of it is being written, what it said before is nearer to the truth than nothing.
    if (outline.size > 0) this.#outline = outline;
    return [...faults];
  }

  async #checkTenant(
    outline: TenantOutline,
    unsaved: ReadonlyMap<string, string>,
    answer: StoreAnswer | null,
    texts: Map<string, string>,
  ): Promise<FileFault[]> {
    const { name, schemaFile, sources, purposes } = outline;
    const inPlace = (fault: FileFault): FileFault =>
      fault.file === schemaName ? { ...fault, file: schemaFile } : fault;
    const read = await readPolicyFolder(this.folder, name, schemaFile, this.#outline.keys(), unsaved);
    if (read.content === null) {
      this.#keep(outline, null, answer);
      return read.faults.map(inPlace);
    }
    const { content } = read;
    texts.set(schemaFile, content.schema);
    for (const [path, text] of content.files) texts.set(path, text);
    const { catalogue } = this.#keep(outline, content, answer);
    const known = { sources, purposes: new Set<string>(purposes.keys()) };
    const applications = answer === null ? null : new Set(answer.applications.keys());
    const { rules, faults } =
      applications === null ? checkVersionAlone(content, known) : checkVersion(content, { ...known, applications });
    const agreements = answer === null || catalogue === null ? null : signedAgreements(answer.agreements, catalogue);
    const warnings = rules === null ? [] : lintRules({ rules, content, agreements, applications });
    return [...read.faults, ...faults, ...warnings].map(inPlace);
  }

  /** @param content null: it could not be read; what was known stays */
  #keep(outline: TenantOutline, content: VersionContent | null, answer: StoreAnswer | null): TenantView {
    const before = this.#tenants.get(outline.name);
    const schema =
      content === null ? null : readCatalogue(content.schema, { file: schemaName, sources: outline.sources });
    const rules = content === null ? before : readableRules(content);
    const lines = { rules: rules?.rules ?? [], memberships: rules?.memberships ?? [] };
    const catalogue = schema?.catalogue ?? before?.catalogue ?? null;
    const view: TenantView = {
      outline,
      catalogue,
      ...lines,
      filters:
        content === null || catalogue === null ? (before?.filters ?? new Map()) : readableFilters(content, catalogue),
      applications: answer?.applications ?? namedIn(lines),
      agreements: answer?.agreements.map(knownAgreement) ?? null,
    };
    this.#tenants.set(outline.name, view);
    return view;
  }
}

/** Without a store: whoever is named in the rules. A misspelt name is then not seen, which is said once. */
function namedIn({ rules, memberships }: Pick<RuleSet, "rules" | "memberships">): Map<string, null> {
  const named = [...rules, ...memberships].map(({ application }) => application);
  const isName = (name: string): boolean => name !== "*" && !name.startsWith("group:") && name !== openData;
  return new Map([...new Set(named.filter(isName))].sort().map((name) => [name, null]));
}

/** The files that the editor helps to write: those that are read as rules. */
export function isRuleFile(path: string, tenants: readonly TenantName[]): boolean {
  return ["", ...tenants].some((tenant) => ["common", "tenant"].includes(policyPathKind(path, tenant) ?? ""));
}

export const mayOnlyDeny = (path: string): boolean => path.startsWith(commonFolder);

// What a grant means for a query: which fields may be selected, filtered and sorted on, under which condition each cell
// is open, which rows exist at all.
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Catalogue, Dataset, Field, Member, SchemaView, SourceColumn } from "../catalogue/index.js";
import type { Decision, Grant, RuleRef } from "../policy/index.js";
import { filterColumns } from "../sources/index.js";
import type { ConsentUnit, Coordinate, DatasetName } from "../terms/index.js";
import { atomsOf, minimal, type Atom, type Footing, type RowConditions } from "./atoms.js";

/**
 * no-citizen: open for the rows of a signed-in citizen, and nobody is signed in. not-visible: no row could ever have it
 * open (own rows of a dataset about nobody, a field that was put to nobody).
 */
export type ViewDecision =
  | Decision
  | {
      readonly coordinate: Coordinate;
      readonly shared: false;
      readonly reason: "no-citizen" | "not-visible";
      readonly rule: RuleRef;
    };

export interface AccessView extends SchemaView {
  readonly grant: Grant;
  /** Equal views share pruned schemas and plans: the grant, and on what footing (law 12). */
  readonly fingerprint: string;
  /** Law 1: what the grant does not hold is refused. */
  decision(coordinate: Coordinate): ViewDecision;
  /** Null where no cell of the dataset has a condition. */
  conditions(dataset: DatasetName): RowConditions | null;
  /** Position in its dataset's `sets`; -1: open wherever the row is visible. */
  condition(coordinate: Coordinate): number;
  /**
   * A link that is followed into a dataset tells what the columns hold that it finds rows by. Conditions of what is open
   * and made of these columns, of which one must hold on a row that is found so; null: nothing, or nothing but the row's
   * being visible.
   */
  relation(dataset: Dataset, columns: readonly SourceColumn[]): readonly number[] | null;
  /** Nothing of the dataset is visible, but something of it would be with a citizen signed in. */
  awaitsCitizen(dataset: DatasetName): boolean;
}

/** The conditions under which a row's cell is open: texts of atoms. */
export type Atoms = ReadonlySet<string>;

/**
 * Law 2: a field can be filtered on iff it is open unmasked and its atoms are a subset of those of every opened field
 * of its dataset; else a filter would tell of cells that are closed on rows that are visible by another field.
 */
export function isUsable(
  decision: ViewDecision,
  opened: readonly ViewDecision[],
  atoms: (decision: ViewDecision) => Atoms,
): boolean {
  if (!decision.shared || decision.mask !== "-") return false;
  const own = atoms(decision);
  return opened.every((other) => {
    const its = atoms(other);
    return [...own].every((atom) => its.has(atom));
  });
}

/** Footings of one agreement that are met at once: its versions around a change, with and without a citizen. */
const footingsKept = 8;
const views = new WeakMap<Grant, LRUCache<string, AccessView>>();

/** Made once for each grant and footing: both stand in the key of what is kept (law 12). */
export function accessViewOf(grant: Grant, catalogue: Catalogue, footing: Footing): AccessView {
  const ofGrant = views.get(grant) ?? new LRUCache<string, AccessView>({ max: footingsKept });
  views.set(grant, ofGrant);
  const key = footingKey(footing);
  const known = ofGrant.get(key);
  if (known) return known;
  const view = new GrantView(grant, catalogue, footing, key);
  ofGrant.set(key, view);
  return view;
}

const unitTexts = new WeakMap<readonly ConsentUnit[], string>();

/** Units decide nothing where nobody is asked. */
function footingKey({ basis, units, citizen }: Footing): string {
  const who = citizen ? "citizen" : "";
  if (basis !== "consent" && basis !== "public-task") return who;
  const text = unitTexts.get(units) ?? JSON.stringify(units.map(({ name, fields }) => [name, fields]));
  unitTexts.set(units, text);
  return [who, basis, text].join("\n");
}

/** One dataset's part of a view. */
interface DatasetView {
  readonly opened: boolean;
  readonly awaitsCitizen: boolean;
  readonly conditions: RowConditions | null;
}

class GrantView implements AccessView {
  readonly fingerprint: string;
  readonly #refused = new Map<Coordinate, ViewDecision>();
  readonly #usable = new Set<Coordinate>();
  readonly #condition = new Map<Coordinate, number>();
  readonly #datasets = new Map<string, DatasetView>();

  constructor(
    readonly grant: Grant,
    readonly catalogue: Catalogue,
    readonly footing: Footing,
    key: string,
  ) {
    this.fingerprint =
      key === "" ? grant.fingerprint : createHash("sha256").update(`${grant.fingerprint}\n${key}`).digest("hex");
    for (const dataset of catalogue.datasets.values()) this.#datasets.set(dataset.name, this.#read(dataset));
  }

  decision(coordinate: Coordinate): ViewDecision {
    const refused = this.#refused.get(coordinate) ?? this.grant.decisions.get(coordinate);
    return refused ?? { coordinate, shared: false, reason: "no-rule", rule: null };
  }

  opened(coordinate: Coordinate): boolean {
    return this.decision(coordinate).shared;
  }

  usable(coordinate: Coordinate): boolean {
    return this.#usable.has(coordinate);
  }

  visible(dataset: DatasetName): boolean {
    return this.#datasets.get(dataset)?.opened === true;
  }

  listable(name: DatasetName): boolean {
    const dataset = this.catalogue.datasets.get(name);
    return dataset?.key.every((field) => !isPersonal(field) || this.usable(field.coordinate)) === true;
  }

  conditions(dataset: DatasetName): RowConditions | null {
    return this.#datasets.get(dataset)?.conditions ?? null;
  }

  condition(coordinate: Coordinate): number {
    return this.#condition.get(coordinate) ?? -1;
  }

  relation(dataset: Dataset, columns: readonly SourceColumn[]): readonly number[] | null {
    const names = new Set(columns.map(({ name }) => name));
    const conditions = [...dataset.members.values()]
      .filter((member) => this.opened(member.coordinate) && ownColumns(member).some(({ name }) => names.has(name)))
      .map((member) => this.condition(member.coordinate));
    const known = new Set(conditions);
    const { sets = [], everyRow = true } = this.conditions(dataset.name) ?? {};
    // Where one of them holds on every visible row there is nothing more to ask.
    const always = known.size === 0 || known.has(-1) || (!everyRow && known.size === sets.length);
    return always ? null : [...known];
  }

  awaitsCitizen(dataset: DatasetName): boolean {
    return this.#datasets.get(dataset)?.awaitsCitizen === true;
  }

  #read(dataset: Dataset): DatasetView {
    const atoms = new Map<Coordinate, readonly Atom[]>();
    let awaits = false;
    for (const member of dataset.members.values()) {
      const decision = this.grant.decisions.get(member.coordinate);
      if (decision?.shared !== true) continue;
      const found = this.#atomsOf(dataset, member, decision);
      if (typeof found === "string") {
        const { coordinate, rule } = decision;
        this.#refused.set(coordinate, { coordinate, shared: false, reason: found, rule });
        awaits ||= found === "no-citizen";
      } else atoms.set(member.coordinate, found);
    }
    this.#findUsable(dataset, atoms);
    return { opened: atoms.size > 0, awaitsCitizen: awaits && atoms.size === 0, conditions: this.#conditions(atoms) };
  }

  /** A coordinate that cannot be open on any row is refused here, in the plan, and not row by row (laws 1 and 2). */
  #atomsOf(
    dataset: Dataset,
    member: Member,
    { rows }: Extract<Decision, { readonly shared: true }>,
  ): readonly Atom[] | "no-citizen" | "not-visible" {
    if (rows === "own" && !this.footing.citizen) return "no-citizen";
    return atomsOf(dataset, member, rows, this.grant, this.footing) ?? "not-visible";
  }

  #findUsable(dataset: Dataset, atoms: ReadonlyMap<Coordinate, readonly Atom[]>): void {
    const texts = new Map([...atoms].map(([at, each]) => [at, new Set(each.map(({ text }) => text))]));
    const opened = [...atoms.keys()].map((at) => this.decision(at));
    const textsOf = ({ coordinate }: ViewDecision): Atoms => texts.get(coordinate) ?? new Set();
    for (const member of dataset.members.values())
      if (member.kind === "field" && isUsable(this.decision(member.coordinate), opened, textsOf))
        this.#usable.add(member.coordinate);
  }

  #conditions(atoms: ReadonlyMap<Coordinate, readonly Atom[]>): RowConditions | null {
    const table = new Map<string, { readonly atom: Atom; readonly at: number }>();
    const sets = new Map<string, { readonly set: readonly number[]; readonly at: number }>();
    let everyRow = false;
    for (const [coordinate, its] of atoms) {
      if (its.length === 0) everyRow = true;
      if (its.length === 0) continue;
      const set = new Set<number>();
      for (const atom of its) {
        const known = table.get(atom.text) ?? { atom, at: table.size };
        table.set(atom.text, known);
        set.add(known.at);
      }
      const sorted = [...set].sort((a, b) => a - b);
      const known = sets.get(sorted.join()) ?? { set: sorted, at: sets.size };
      sets.set(sorted.join(), known);
      this.#condition.set(coordinate, known.at);
    }
    if (sets.size === 0) return null;
    const all = [...table.values()].map(({ atom }) => atom);
    const asksPeople = all.some(({ kind }) => kind === "consent" || kind === "objection");
    const made = [...sets.values()].map(({ set }) => set);
    const columnsOfSet = (set: readonly number[]): RowConditions["columns"] =>
      columnsOf(set.flatMap((atom) => all[atom] ?? []));
    const columns = everyRow ? [] : columnsOfSet(minimal(made).flat());
    return { atoms: all, sets: made, everyRow, asksPeople, columns, cellColumns: made.map(columnsOfSet) };
  }
}

function columnsOf(atoms: readonly Atom[]): RowConditions["columns"] {
  const columns = new Map<string, RowConditions["columns"][number]>();
  for (const atom of atoms)
    for (const column of atom.kind === "filter" ? filterColumns(atom.filter) : [atom.column])
      columns.set(column.name, column);
  return [...columns.values()];
}

/** The order of a list by a personal key that is not granted would tell something of that key. */
const isPersonal = (field: Field): boolean => field.personal !== null;

/** The columns that a member's own cell is made of. */
const ownColumns = (member: Member): readonly SourceColumn[] =>
  member.kind === "link" ? member.on.map(({ from }) => from) : member.kind === "field" ? [member.column] : [];

// What a grant means for a query: which fields may be selected, filtered and sorted on, which rows exist at all.
import type { Catalogue, Field, SchemaView } from "../catalogue/index.js";
import type { Decision, Grant } from "../policy/index.js";
import type { Coordinate, DatasetName } from "../terms/index.js";

export interface AccessView extends SchemaView {
  readonly grant: Grant;
  /** Law 1: what the grant does not hold is refused. */
  decision(coordinate: Coordinate): Decision;
}

/**
 * The conditions under which a row's cell is open: a set of atoms (a filter's name, `own`, a subject's consent).
 * `all` has none.
 */
export type Atoms = ReadonlySet<string>;

const noAtoms: Atoms = new Set();
const atomsOf = (decision: Decision): Atoms =>
  decision.shared && decision.rows !== "all" ? new Set([decision.rows]) : noAtoms;

/**
 * Law 2: a field can be filtered on iff it is open unmasked and its atoms are a subset of those of every opened field
 * of its dataset; else a filter would tell of cells that are closed on rows that are visible by another field.
 */
export function isUsable(decision: Decision, opened: readonly Decision[], atoms = atomsOf): boolean {
  if (!decision.shared || decision.mask !== "-") return false;
  const own = atoms(decision);
  return opened.every((other) => {
    const its = atoms(other);
    return [...own].every((atom) => its.has(atom));
  });
}

const views = new WeakMap<Grant, AccessView>();

/** Made once for each grant. */
export function accessViewOf(grant: Grant, catalogue: Catalogue): AccessView {
  const known = views.get(grant);
  if (known) return known;
  const view = accessView(grant, catalogue);
  views.set(grant, view);
  return view;
}

function accessView(grant: Grant, catalogue: Catalogue): AccessView {
  const decision = (coordinate: Coordinate): Decision =>
    grant.decisions.get(coordinate) ?? { coordinate, shared: false, reason: "no-rule", rule: null };
  const opened = new Map<string, Decision[]>();
  for (const dataset of catalogue.datasets.values()) {
    const members = [...dataset.members.values()];
    opened.set(
      dataset.name,
      members.map((member) => decision(member.coordinate)).filter((d) => d.shared),
    );
  }
  const openedOf = (dataset: DatasetName): readonly Decision[] => opened.get(dataset) ?? [];
  const usable = new Set<Coordinate>();
  for (const dataset of catalogue.datasets.values())
    for (const member of dataset.members.values())
      if (member.kind === "field" && isUsable(decision(member.coordinate), openedOf(dataset.name)))
        usable.add(member.coordinate);

  return {
    grant,
    decision,
    opened: (coordinate) => decision(coordinate).shared,
    usable: (coordinate) => usable.has(coordinate),
    visible: (dataset) => openedOf(dataset).length > 0,
    listable: (name) => {
      const dataset = catalogue.datasets.get(name);
      return dataset !== undefined && dataset.key.every((field) => !isPersonal(field) || usable.has(field.coordinate));
    },
  };
}

/** The order of a list by a personal key that is not granted would tell something of that key. */
const isPersonal = (field: Field): boolean => field.personal !== null;

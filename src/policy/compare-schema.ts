// What one version's schema.graphql says otherwise than another's, as far as it decides what can leave.
import { bindingsOf, type Catalogue, type Dataset, type DatasetStatus, type Member } from "../catalogue/index.js";
import type { Coordinate, DatasetName } from "../terms/index.js";
import type { Direction } from "./compare.js";

interface Directed {
  /** Empty where nobody could read it before, and nobody can after. */
  readonly directions: readonly Direction[];
}

export type SchemaChange = Directed &
  (
    | {
        readonly kind: "status";
        readonly dataset: DatasetName;
        /** Null where schema.graphql does not have the dataset. */
        readonly before: DatasetStatus | null;
        readonly after: DatasetStatus | null;
      }
    | { readonly kind: "open"; readonly dataset: DatasetName; readonly before: boolean; readonly after: boolean }
    | { readonly kind: "field"; readonly coordinate: Coordinate; readonly after: "added" | "dropped" }
    /** It stands for another column, place or person than before: agreements that list it are shut for it. */
    | { readonly kind: "rebound"; readonly coordinate: Coordinate }
    /** `@notForGuardians` came (`after`) or went. */
    | { readonly kind: "guardians"; readonly coordinate: Coordinate; readonly after: boolean }
  );

/** By dataset and coordinate. Fields of a dataset that came or went are not said one by one. */
export function compareCatalogues(before: Catalogue | null, after: Catalogue | null): SchemaChange[] {
  const names = new Set([...(before?.datasets.keys() ?? []), ...(after?.datasets.keys() ?? [])]);
  return [...names].sort().flatMap((name) => {
    const [was, is] = [before?.datasets.get(name) ?? null, after?.datasets.get(name) ?? null];
    const own = was === null || is === null ? [] : compareMembers(was, is, before, after);
    return [...compareDatasets(was, is), ...own];
  });
}

function compareDatasets(was: Dataset | null, is: Dataset | null): SchemaChange[] {
  const dataset = (is ?? was)?.name;
  if (dataset === undefined) return [];
  const [before, after] = [was?.status ?? null, is?.status ?? null];
  const changes: SchemaChange[] = [];
  if (before !== after) {
    const directions = direction(before === "SHARED", after === "SHARED");
    changes.push({ kind: "status", dataset, before, after, directions });
  }
  if (was !== null && is !== null && was.open !== is.open) {
    const directions = direction(was.open && before === "SHARED", is.open && after === "SHARED");
    changes.push({ kind: "open", dataset, before: was.open, after: is.open, directions });
  }
  return changes;
}

function compareMembers(was: Dataset, is: Dataset, before: Catalogue | null, after: Catalogue | null): SchemaChange[] {
  const names = new Set([...was.members.keys(), ...is.members.keys()]);
  return [...names].sort().flatMap((name): SchemaChange[] => {
    const [old, young] = [was.members.get(name), is.members.get(name)];
    const coordinate = (young ?? old)?.coordinate;
    if (coordinate === undefined) return [];
    if (old === undefined || young === undefined) {
      const directions = direction(old !== undefined && isShared(was), young !== undefined && isShared(is));
      return [{ kind: "field", coordinate, after: old === undefined ? "added" : "dropped", directions }];
    }
    const guardians = guardiansOf(old, young, isShared(was) && isShared(is));
    if (bindingOf(before, coordinate) === bindingOf(after, coordinate)) return guardians;
    const both: readonly Direction[] = isShared(was) && isShared(is) ? ["opening", "narrowing"] : [];
    return [{ kind: "rebound", coordinate, directions: both }, ...guardians];
  });
}

function guardiansOf(old: Member, young: Member, shared: boolean): SchemaChange[] {
  if (old.notForGuardians === young.notForGuardians) return [];
  const directions: readonly Direction[] = !shared ? [] : [young.notForGuardians ? "narrowing" : "opening"];
  return [{ kind: "guardians", coordinate: young.coordinate, after: young.notForGuardians, directions }];
}

const isShared = ({ status }: Dataset): boolean => status === "SHARED";

const bindingOf = (catalogue: Catalogue | null, coordinate: Coordinate): string | undefined =>
  catalogue === null ? undefined : bindingsOf(catalogue).get(coordinate);

const direction = (before: boolean, after: boolean): readonly Direction[] =>
  before === after ? [] : [after ? "opening" : "narrowing"];

// The connector for GraphQL services: by key through `_entities` where offered, else by the field that lists the type.
import type { Row, Value } from "../../terms/index.js";
import { atHandSource, pinnedValues, type RowReader, type RowsWanted } from "../at-hand-source.js";
import { forgetAfterUse } from "../forget-rows.js";
import { type FetchBounds, type Source, SourceFailure } from "../source.js";
import { describeType } from "./describe.js";
import { UnaskableName } from "./document.js";
import { Endpoint } from "./endpoint.js";
import { readEntities } from "./entities.js";
import { ListField } from "./list.js";
import { ObjectReader } from "./objects.js";
import type { GraphqlDataset, GraphqlSettings } from "./settings.js";

/** Connects at the first call. To be used through `checkedSource`. */
export function graphqlSource(settings: GraphqlSettings & { readonly name: string }): Source {
  return atHandSource(new GraphqlReader(settings));
}

class GraphqlReader implements RowReader {
  readonly kind = "graphql";
  readonly name: string;
  readonly #endpoint: Endpoint;
  readonly #datasets: ReadonlyMap<string, GraphqlDataset & { readonly field: ListField | null }>;
  readonly #maxRows: number;

  constructor(settings: GraphqlSettings & { readonly name: string }) {
    this.name = settings.name;
    this.#endpoint = new Endpoint(settings);
    this.#maxRows = settings.maxRows ?? 10_000;
    this.#datasets = new Map(
      Object.entries(settings.datasets).map(([type, dataset]) => {
        const field = dataset.list === undefined ? null : new ListField(dataset.list, dataset.key);
        return [type, { ...dataset, field }];
      }),
    );
  }

  async read(wanted: RowsWanted, bounds: FetchBounds): Promise<readonly Row[]> {
    try {
      return await this.#read(wanted, bounds);
    } catch (error) {
      if (error instanceof UnaskableName) throw new SourceFailure(this.name, "unavailable", error.message);
      throw error;
    }
  }

  describe(from: string, bounds: FetchBounds): Promise<ReadonlyMap<string, string> | null> {
    return describeType(this.#endpoint, from, bounds);
  }

  async #read(wanted: RowsWanted, bounds: FetchBounds): Promise<readonly Row[]> {
    const dataset = this.#datasets.get(wanted.from);
    if (dataset === undefined) throw this.#endpoint.fail("unavailable", "a type that the settings do not name");
    const { key, field } = dataset;
    const pinned = pinnedValues(wanted.filter);
    if ([...pinned.values()].some((values) => values.length === 0)) return [];
    const hasKey = key.every((name) => wanted.columns.some((column) => column.name === name));
    const told = hasKey || wanted.counted ? key : [];
    const objects = new ObjectReader(this.#endpoint, wanted.from, wanted.columns, told, this.#maxRows);
    const keys = dataset.entities === true && hasKey ? entityKeys(key, wanted, pinned) : null;
    if (keys !== null) {
      const batch = field?.pageSize ?? 100;
      await readEntities(this.#endpoint, { type: wanted.from, key, keys, batch }, objects, bounds);
    } else if (field === null) {
      throw this.#endpoint.fail("unavailable", "a type that can only be found by key");
    } else {
      await field.read(this.#endpoint, pinned, objects, bounds);
    }
    return forgetAfterUse(objects.rows, bounds);
  }
}

type Keys = readonly (readonly NonNullable<Value>[])[];

/** The keys of all rows that matter, in the sequence of the dataset's key; null where any key may matter. */
function entityKeys(
  key: readonly string[],
  { keys }: RowsWanted,
  pinned: ReadonlyMap<string, readonly NonNullable<Value>[]>,
): Keys | null {
  const [only] = key;
  if (key.length === 1 && only !== undefined) return pinned.get(only)?.map((value) => [value]) ?? null;
  if (keys === null) return null;
  const places = key.map((name) => keys.match.findIndex((column) => column.name === name));
  if (places.includes(-1)) return null;
  const tuples = keys.keys.map((values) => places.flatMap((place) => values[place] ?? []));
  return [...new Map(tuples.map((tuple) => [JSON.stringify(tuple), tuple])).values()];
}

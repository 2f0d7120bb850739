// Objects by key through Apollo Federation's `_entities` (subgraph specification, "Resolve requests for entities"): one
// place of the answer for each representation, in their sequence, null for what does not exist.
import type { Value } from "../../terms/index.js";
import type { FetchBounds } from "../source.js";
import { argumentOf, fieldQuery, pathOf } from "./document.js";
import type { Endpoint } from "./endpoint.js";
import type { ObjectReader } from "./objects.js";

const representationsArgument = argumentOf("representations: [_Any!]!");

export interface EntitiesWanted {
  readonly type: string;
  /** Fields of the key, and the keys' values in that sequence. */
  readonly key: readonly string[];
  readonly keys: readonly (readonly NonNullable<Value>[])[];
  /** Keys of one request. */
  readonly batch: number;
}

/** @throws SourceFailure */
export async function readEntities(
  endpoint: Endpoint,
  { type, key, keys, batch }: EntitiesWanted,
  objects: ObjectReader,
  bounds: FetchBounds,
): Promise<void> {
  const paths = key.map(pathOf);
  for (let start = 0; start < keys.length; start += batch) {
    const asked = keys.slice(start, start + batch);
    const value = asked.map((values) => representation(type, paths, values));
    const inner = `__typename ... on ${type} { ${objects.selection} }`;
    const operation = fieldQuery("_entities", [{ argument: representationsArgument, value }], inner);
    const { _entities: found } = await endpoint.ask(operation, bounds);
    if (!Array.isArray(found) || found.length !== asked.length)
      throw endpoint.fail("invalid-answer", "not one entity for each key");
    for (const [i, entity] of (found as readonly unknown[]).entries()) {
      if (entity === null) continue;
      const object = objects.add(entity);
      // An ID travels as a text even where our column, and the key that we sent, is a number.
      const same = paths.every((path, place) => String(objects.valueAt(object, path)) === String(asked[i]?.[place]));
      if (!same) throw endpoint.fail("invalid-answer", "an entity of another key");
    }
  }
}

function representation(
  type: string,
  paths: readonly (readonly string[])[],
  values: readonly NonNullable<Value>[],
): Readonly<Record<string, unknown>> {
  const made: Record<string, unknown> = { __typename: type };
  for (const [i, path] of paths.entries()) {
    let at = made;
    for (const name of path.slice(0, -1)) {
      const next = (at[name] ??= {}) as Record<string, unknown>;
      at = next;
    }
    at[path.at(-1) ?? ""] = values[i];
  }
  return made;
}

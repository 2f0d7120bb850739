// What an application is told to erase when somebody shuts what was open (RGPD art. 17(1)(b), 19): the objects about that
// person in the application's own pairwise ids (law 9), and the fields. No value, no key, no name.
import type { Catalogue, Dataset, SubjectRef } from "../catalogue/index.js";
import type { Agreement, DerivedKeys } from "../identity/index.js";
import { type Column, SourceFailure, type FetchBounds, type Source } from "../sources/index.js";
import type { Coordinate, Row, SubjectKey, Value } from "../terms/index.js";
import { Seals } from "./seals.js";

export interface ErasureRequest {
  readonly agreement: Agreement;
  readonly catalogue: Catalogue;
  readonly person: SubjectKey;
  /** Names of the units that were shut. */
  readonly units: readonly string[];
}

/** Data of the message; see docs/webhooks.md. */
export interface Erasure {
  /** What the application no longer may hold of the objects. */
  readonly fields: readonly Coordinate[];
  readonly objects: readonly { readonly type: string; readonly id: string }[];
  /** False where there are more objects than are named: everything about the person is to go all the same. */
  readonly complete: boolean;
}

export interface ErasureContext {
  readonly sources: ReadonlyMap<string, Source>;
  readonly derived: DerivedKeys;
  readonly bounds: FetchBounds;
}

/** Rows asked for at once, and of each dataset in all. */
const pageSize = 1_000;
const maxObjects = 10_000;

/**
 * The services are asked for the person's rows; those that are gone by then cannot be named.
 * @throws SourceFailure: told again later
 */
export async function erasureOf(request: ErasureRequest, context: ErasureContext): Promise<Erasure> {
  const fields = shutFields(request);
  const names = new Set(fields.map((field) => field.slice(0, field.indexOf("."))));
  const objects: { type: string; id: string }[] = [];
  const seals = new Seals(context.derived, request.agreement);
  let complete = true;
  for (const dataset of request.catalogue.datasets.values()) {
    if (!names.has(dataset.name)) continue;
    const keys = await keysAbout(dataset, request.person, new Set(fields), context);
    complete &&= keys.length < maxObjects;
    for (const id of seals.ids(dataset, keys)) objects.push({ type: dataset.name, id });
  }
  return { fields, objects, complete };
}

/** Of the agreement's fields those in the units, as far as they are about anybody in the person's register. */
function shutFields({ agreement, catalogue, person, units }: ErasureRequest): Coordinate[] {
  const shut = new Set(units);
  const fields = agreement.snapshot.units.filter(({ name }) => shut.has(name)).flatMap((unit) => unit.fields);
  return fields.filter((field) => {
    const dataset = catalogue.datasets.get(field.slice(0, field.indexOf(".")));
    return dataset !== undefined && refsTo(dataset, person.scheme, new Set([field])).length > 0;
  });
}

/** The columns that name people of a register: the rows' own, and those of fields that were shut. */
function refsTo(dataset: Dataset, scheme: string, fields: ReadonlySet<Coordinate>): SubjectRef[] {
  const ofFields = [...dataset.members.values()].flatMap((member) =>
    member.kind !== "link" && fields.has(member.coordinate) ? member.subjects : [],
  );
  const refs = [...dataset.subjects, ...ofFields].filter((ref) => ref.scheme === scheme);
  return [...new Map(refs.map((ref) => [ref.column.name, ref])).values()];
}

/** Distinct keys of the dataset's rows about the person, at most `maxObjects`. */
async function keysAbout(
  dataset: Dataset,
  person: SubjectKey,
  shut: ReadonlySet<Coordinate>,
  context: ErasureContext,
): Promise<NonNullable<Value>[][]> {
  const found = new Map<string, NonNullable<Value>[]>();
  for (const { column } of refsTo(dataset, person.scheme, shut)) {
    if (typeof person.key !== (column.type === "String" ? "string" : "number")) continue;
    for await (const key of rowsAbout(dataset, column, person.key, context)) {
      found.set(JSON.stringify(key), key);
      if (found.size >= maxObjects) return [...found.values()];
    }
  }
  return [...found.values()];
}

async function* rowsAbout(
  dataset: Dataset,
  column: Column,
  key: NonNullable<Value>,
  { sources, bounds }: ErasureContext,
): AsyncGenerator<NonNullable<Value>[]> {
  const source = sources.get(dataset.source);
  if (source === undefined) throw new SourceFailure(dataset.source, "unavailable", "not configured");
  const keyColumns = dataset.key.map((field) => field.column);
  const columns = keyColumns.some(({ name }) => name === column.name) ? keyColumns : [...keyColumns, column];
  const order = keyColumns.map((each) => ({ column: each, direction: "asc" as const }));
  const filter = { op: "eq" as const, column, value: key };
  let after: readonly Value[] | null = null;
  for (;;) {
    const page: readonly Row[] = await source.page(
      { from: dataset.from, columns, filter, order, after, limit: pageSize },
      bounds,
    );
    for (const row of page) {
      const own = row.slice(0, keyColumns.length);
      if (own.every((part) => part !== null)) yield own;
    }
    const last: Row | undefined = page.at(-1);
    if (page.length < pageSize || last === undefined) return;
    after = last.slice(0, keyColumns.length);
  }
}

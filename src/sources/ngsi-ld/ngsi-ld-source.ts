// The connector for NGSI-LD context brokers: entities by type, by ids, and by `q` where it says what the filter says.
import type { Row, Value } from "../../terms/index.js";
import { atHandSource, pinnedValues, type RowReader, type RowsWanted } from "../at-hand-source.js";
import { jsonCell } from "../json-cell.js";
import { type Circle, geoHolds } from "../near-and-within.js";
import type { Column, FetchBounds, Source } from "../source.js";
import { Broker } from "./broker.js";
import { type EntityForm, isDetail, isObject, type JsonObject, valueAt, WrongForm } from "./entity.js";
import { idsOf, placeOf, queryOf, widened } from "./query.js";
import { describeSeries, readSeries, type Series, seriesOf } from "./series.js";
import type { NgsiLdSettings } from "./settings.js";

const typePattern = /^[A-Za-z][A-Za-z0-9_.:/#-]{0,255}$/;
const attributePattern = /^[A-Za-z][A-Za-z0-9_:/#-]{0,255}$/;

/** Connects at the first call. To be used through `checkedSource`. */
export function ngsiLdSource(settings: NgsiLdSettings & { readonly name: string }): Source {
  return atHandSource(new NgsiLdReader(settings));
}

class NgsiLdReader implements RowReader {
  readonly kind = "ngsi-ld";
  readonly name: string;
  readonly #broker: Broker;
  readonly #form: EntityForm;
  readonly #always: ReadonlyMap<string, string>;
  readonly #geoQueries: boolean;
  readonly #series: ReadonlyMap<string, Series>;

  constructor(settings: NgsiLdSettings & { readonly name: string }) {
    this.name = settings.name;
    this.#broker = new Broker(settings);
    this.#form = settings.form ?? "normalized";
    this.#geoQueries = settings.geoQueries ?? true;
    this.#series = seriesOf(settings);
    this.#always = new Map(Object.entries(settings.always ?? {}));
  }

  async read(request: RowsWanted, bounds: FetchBounds): Promise<readonly Row[]> {
    const { from, columns, filter, counted } = request;
    const series = this.#series.get(from);
    if (series !== undefined) return readSeries(this.#broker, series, request, this.#form, bounds);
    if (!typePattern.test(from)) throw this.#broker.fail("unavailable", "a type that NGSI-LD cannot name");
    const cells = columns.map((column) => ({ column, path: this.#pathOf(column) }));
    const ids = idsOf(pinnedValues(filter).get("id"));
    if (ids?.length === 0) return [];
    const place = ids === null && this.#geoQueries ? placeOf(filter) : null;
    // keyValues tells values alone.
    const form = cells.some(({ path }) => isDetail(path)) ? "normalized" : this.#form;
    const wanted = { type: from, q: ids === null ? queryOf(filter) : null, ids, place, time: null, form };
    if (counted && filter === null) {
      // Nothing of the entities is read.
      return Array.from({ length: await this.#broker.count(wanted, bounds) }, () => []);
    }
    const asked = cells.map(({ path }) => path[0] ?? "").filter((name) => name !== "id" && name !== "type");
    const entities = await this.#entities({ ...wanted, attributes: [...new Set(asked)] }, bounds);
    const rows = entities.map((entity) => cells.map(({ column, path }) => this.#cell(entity, column, path, form)));
    if (place !== null) this.#checkPlace(place, rows, columns);
    return rows;
  }

  async describe(from: string, bounds: FetchBounds): Promise<ReadonlyMap<string, string> | null> {
    const series = this.#series.get(from);
    if (series !== undefined) {
      const kind = (await this.describe(series.type, bounds))?.get(series.attribute);
      return kind === undefined ? null : describeSeries(kind);
    }
    if (!typePattern.test(from)) return null;
    const type = await this.#broker.type(from, bounds);
    if (type === null) return null;
    const details = isObject(type) ? type["attributeDetails"] : null;
    if (!Array.isArray(details)) throw this.#broker.fail("invalid-answer", "a type without its attributes");
    return new Map([["id", "URI"], ...details.flatMap((one) => described(one))]);
  }

  /**
   * Asking for attributes leaves out the entities that have none of them (section 5.7.2): they would be missing in a
   * list, not empty.
   */
  async #entities(wanted: Parameters<Broker["entities"]>[0], bounds: FetchBounds): Promise<readonly JsonObject[]> {
    const always = this.#always.get(wanted.type);
    if (always !== undefined) {
      const attributes = [...new Set([...wanted.attributes, always])];
      const entities = await this.#broker.entities({ ...wanted, attributes }, bounds);
      // Where one lacks it, others may be missing that have nothing else either.
      if (!entities.every((entity) => Object.hasOwn(entity, always)))
        throw this.#broker.fail("invalid-answer", `an entity without ${always}, which the settings say all have`);
      return entities;
    }
    // Without a list of attributes the broker would send them all.
    if (wanted.attributes.length === 0)
      throw this.#broker.fail(
        "unavailable",
        `ids alone cannot be asked for: the settings name no attribute under "always"`,
      );
    const entities = await this.#broker.entities(wanted, bounds);
    if ((await this.#broker.count(wanted, bounds)) !== entities.length) {
      const detail = `entities without any attribute asked for: name one that all have under "always" in the settings`;
      throw this.#broker.fail("invalid-answer", detail);
    }
    return entities;
  }

  /**
   * A broker that brings what lies elsewhere did not understand the place (it may have turned latitude and longitude round),
   * so others may be missing.
   */
  #checkPlace({ column: name, centre, radius }: Circle, rows: readonly Row[], columns: readonly Column[]): void {
    const at = columns.findIndex((column) => column.name === name);
    const column: Column = { name, type: "GeoJSON" };
    const filter = { op: "near", column, position: centre, maxDistance: widened(widened(radius)) } as const;
    const lies = (cell: Value | undefined) => typeof cell === "string" && geoHolds(filter, cell);
    if (rows.every((row) => lies(row[at]))) return;
    const detail = `an entity far from the place asked for: where the broker knows no geo-queries, set "geoQueries: false"`;
    throw this.#broker.fail("invalid-answer", detail);
  }

  #pathOf({ name }: Column): readonly string[] {
    const path = name.split(".");
    const [attribute = "", ...steps] = path;
    const fits = attributePattern.test(attribute) && steps.every((step) => step !== "");
    if (!fits) throw this.#broker.fail("unavailable", "a column that is no path of an attribute");
    return path;
  }

  #cell(entity: JsonObject, { type }: Column, path: readonly string[], form: EntityForm): Value {
    try {
      const value = jsonCell(type, valueAt(entity, path, form));
      if (value !== undefined) return value;
    } catch (error) {
      if (error instanceof WrongForm) throw this.#broker.fail("invalid-answer", error.message);
      throw error;
    }
    throw this.#broker.fail("invalid-answer", `an attribute that is not ${type}`);
  }
}

/** A place is one column, a point two more. */
function described(detail: unknown): readonly (readonly [string, string])[] {
  const { attributeName: name, attributeTypes: types } = isObject(detail) ? detail : {};
  if (typeof name !== "string" || !attributePattern.test(name) || name.includes("/")) return [];
  const [type = "Property"] = Array.isArray(types) ? types.filter((one) => typeof one === "string") : [];
  const shown = /^[A-Za-z]{1,40}$/.test(type) ? type : "Property";
  return shown === "GeoProperty" ? [name, `${name}.lon`, `${name}.lat`].map((path) => [path, shown]) : [[name, shown]];
}

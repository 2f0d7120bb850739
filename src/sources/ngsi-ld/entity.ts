// What a column's path means in an entity (ETSI GS CIM 009, sections 4.5 and 5.2), in either of the two forms that
// brokers write: `powerState`, `municipalityInfo.cityName`, `location.lon`, `refDevice`, `name.fr`, `no2.observedAt`.

export type JsonObject = Readonly<Record<string, unknown>>;
export type EntityForm = "normalized" | "keyValues";

export const isObject = (json: unknown): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json);

/** An attribute that is not in the form that was asked for. */
export class WrongForm extends Error {
  override readonly name = "WrongForm";
}

/** Where each kind of attribute keeps what it says. */
const members: ReadonlyMap<unknown, string> = new Map([
  ["Property", "value"],
  ["GeoProperty", "value"],
  ["Relationship", "object"],
  ["LanguageProperty", "languageMap"],
  ["VocabProperty", "vocab"],
  ["JsonProperty", "json"],
]);

/** Kept in keyValues too, around what they hold. */
const wrappers = ["languageMap", "vocab", "json"];

/** What an attribute tells about its value (section 4.5.2); in the normalized form alone. */
const details: ReadonlySet<string> = new Set(["observedAt", "unitCode"]);

export const isDetail = ([, step = "", ...more]: readonly string[]): boolean => more.length === 0 && details.has(step);

/** Entities may lack any attribute, and objects any member: then it is null. @throws WrongForm */
export function valueAt(entity: JsonObject, path: readonly string[], form: EntityForm): unknown {
  const [name = "", ...steps] = path;
  if (!Object.hasOwn(entity, name)) return null;
  const written = entity[name];
  if (name === "id" || name === "type") return written;
  if (form === "keyValues") return steps.reduce<unknown>(below, plain(fromKeyValues(written)));
  const value = plain(fromNormalized(written));
  if (!isDetail(path)) return steps.reduce<unknown>(below, value);
  const detail = plain(detailOf(written, steps[0] ?? ""));
  // A value may have a member of that name itself.
  return detail === null && isObject(value) ? steps.reduce<unknown>(below, value) : detail;
}

function fromNormalized(written: unknown): unknown {
  const attribute = Array.isArray(written) ? defaultInstance(written) : written;
  const member = isObject(attribute) ? members.get(attribute["type"]) : undefined;
  if (!isObject(attribute) || member === undefined || !Object.hasOwn(attribute, member))
    throw new WrongForm("an attribute that is not in normalized form");
  return attribute[member];
}

function detailOf(written: unknown, name: string): unknown {
  const attribute = Array.isArray(written) ? defaultInstance(written) : written;
  return isObject(attribute) && Object.hasOwn(attribute, name) ? attribute[name] : null;
}

/** Of several instances of one attribute (section 4.5.5), the one without `datasetId` is meant. */
function defaultInstance(instances: readonly unknown[]): unknown {
  const unnamed = instances.filter((one) => isObject(one) && !Object.hasOwn(one, "datasetId"));
  if (unnamed.length !== 1) throw new WrongForm("an attribute of several instances, of which none is the usual one");
  return unnamed[0];
}

function fromKeyValues(written: unknown): unknown {
  if (!isObject(written)) return written;
  const member = members.get(written["type"]);
  if (member !== undefined && Object.hasOwn(written, member))
    throw new WrongForm("an attribute that is not in keyValues form");
  const [only, ...others] = Object.keys(written);
  return only !== undefined && others.length === 0 && wrappers.includes(only) ? written[only] : written;
}

/** What each kind of attribute calls its values in the form `temporalValues` (section 4.5.9). */
const valueLists = ["values", "objects", "languageMaps", "vocabs", "jsons"];

/**
 * An attribute's instances over time, each as an attribute in normalized form; those of the form `temporalValues` have a value
 * and `observedAt` alone. Instances with a `datasetId` tell of something else than the attribute as usual: `others` came.
 * @throws WrongForm
 */
export function instancesOf(
  written: unknown,
  form: EntityForm,
): { readonly instances: readonly JsonObject[]; readonly others: boolean } {
  const all: readonly unknown[] = Array.isArray(written) ? written : [written];
  if (!all.every(isObject)) throw new WrongForm("an attribute without instances over time");
  const usual = all.filter((one) => !Object.hasOwn(one, "datasetId"));
  const instances = form === "normalized" ? usual : usual.flatMap(valuesOf);
  return { instances, others: usual.length < all.length };
}

function valuesOf(attribute: JsonObject): readonly JsonObject[] {
  const name = valueLists.find((one) => Object.hasOwn(attribute, one));
  const values = name === undefined ? null : attribute[name];
  if (!Array.isArray(values)) throw new WrongForm("an attribute without its values over time");
  return (values as readonly unknown[]).map((pair) => {
    if (!Array.isArray(pair) || pair.length < 2) throw new WrongForm("a value over time without its time");
    const [value, observedAt] = pair as readonly unknown[];
    return { type: "Property", value, observedAt };
  });
}

/** JSON-LD writes a typed value as an object; NGSI-LD writes null as a name. */
function plain(value: unknown): unknown {
  if (value === undefined || value === "urn:ngsi-ld:null") return null;
  return isObject(value) && Object.hasOwn(value, "@value") ? value["@value"] : value;
}

/** GeoJSON (RFC 7946) has no members `lon` and `lat`: they are a point's first and second number. */
function below(value: unknown, step: string): unknown {
  if (value === null) return null;
  if (!isObject(value)) throw new WrongForm("a value without members, of which one was asked for");
  const place = step === "lon" ? 0 : step === "lat" ? 1 : -1;
  const { type, coordinates } = value;
  if (place >= 0 && type === "Point" && Array.isArray(coordinates)) return plain(coordinates[place]);
  return Object.hasOwn(value, step) ? plain(value[step]) : null;
}

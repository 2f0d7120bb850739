// What an editor needs of gateway.yaml, also where the file has faults or the sources' variables are not set: names.
import type { TenantName } from "../terms/index.js";
import { isRecord } from "./shapes.js";
import type { Place, YamlFile } from "./yaml-faults.js";

export interface PurposeOutline {
  /** In English; null where it is not written. */
  readonly title: string | null;
  readonly text: string | null;
  readonly place: Place;
}

export interface TenantOutline {
  readonly name: TenantName;
  /** From the town folder, with `/`. */
  readonly schemaFile: string;
  readonly sources: ReadonlySet<string>;
  readonly purposes: ReadonlyMap<string, PurposeOutline>;
}

/** By name, in the order of the file. What is not in the shape that it should have is left out. */
export type TownOutline = ReadonlyMap<TenantName, TenantOutline>;

export function outlineOf(yaml: YamlFile): TownOutline {
  const tenants = entries(under(yaml.value, "tenants"));
  return new Map(tenants.map(([name, value]) => [name as TenantName, tenantOutline(name as TenantName, value, yaml)]));
}

function tenantOutline(name: TenantName, value: unknown, yaml: YamlFile): TenantOutline {
  const purposes = entries(under(value, "purposes")).map(([purpose, written]): [string, PurposeOutline] => [
    purpose,
    {
      title: textOf(under(under(written, "title"), "en")),
      text: textOf(under(under(written, "text"), "en")),
      place: yaml.placeOf(["tenants", name, "purposes", purpose]),
    },
  ]);
  return {
    name,
    schemaFile: textOf(under(value, "schemaFile")) ?? "schema.graphql",
    sources: new Set(entries(under(value, "sources")).map(([source]) => source)),
    purposes: new Map(purposes),
  };
}

const entries = (value: unknown): [string, unknown][] => (isRecord(value) ? Object.entries(value) : []);
const under = (value: unknown, key: string): unknown =>
  isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

// A service's structure, whatever its kind: each kind's room reads its own, and all leave by one door.
import { boundedStructure } from "./bounded-structure.js";
import { filesStructure } from "./files/index.js";
import { graphqlStructure } from "./graphql/index.js";
import { ngsiLdStructure } from "./ngsi-ld/index.js";
import type { SourceSettings } from "./open-sources.js";
import { type ConnectionSettings, postgresStructure, postgresWriteRights, type WriteRights } from "./postgres/index.js";
import { openApiStructure, restStructure } from "./rest/index.js";
import { type FetchBounds, SourceFailure } from "./source.js";
import type { Structure } from "./structure.js";

export interface StructureOptions {
  /** Of a REST service: its OpenAPI document, as text (JSON or YAML) or parsed. */
  readonly document?: unknown;
}

/** A database with thousands of tables takes seconds; nothing takes longer. */
const longestMs = 60_000;

/**
 * Names and types that the service gives, never a value of a row. A connection of its own, closed when it returns.
 * @throws SourceFailure
 */
export async function structureOf(
  name: string,
  settings: SourceSettings,
  bounds: FetchBounds,
  options: StructureOptions = {},
): Promise<Structure> {
  const end = AbortSignal.timeout(longestMs);
  const within = { ...bounds, signal: AbortSignal.any([bounds.signal, end]) };
  try {
    return boundedStructure(await readStructure(name, settings, within, options));
  } catch (error) {
    if (end.aborted && !bounds.signal.aborted) throw new SourceFailure(name, "timeout", `${longestMs} ms`);
    throw error;
  }
}

function readStructure(
  name: string,
  settings: SourceSettings,
  bounds: FetchBounds,
  { document }: StructureOptions,
): Promise<Structure> | Structure {
  switch (settings.kind) {
    case "postgres":
      return postgresStructure(connectionOf(name, settings), bounds);
    case "files":
      return filesStructure({ ...settings, name }, bounds);
    case "graphql":
      return graphqlStructure({ ...settings, name }, bounds);
    case "ngsi-ld":
      return ngsiLdStructure({ ...settings, name }, bounds);
    case "rest":
      return document === undefined
        ? restStructure({ ...settings, name }, bounds)
        : openApiStructure({ ...settings, name }, document);
  }
}

/** What the service's role may do beyond reading; null where the kind has no such thing. @throws SourceFailure */
export function writeRightsOf(
  name: string,
  settings: SourceSettings,
  bounds: FetchBounds,
): Promise<WriteRights | null> {
  if (settings.kind !== "postgres") return Promise.resolve(null);
  return postgresWriteRights(connectionOf(name, settings), bounds);
}

function connectionOf(
  name: string,
  { url, statementTimeoutMs = 5_000 }: Extract<SourceSettings, { kind: "postgres" }>,
): ConnectionSettings {
  return { name, url, poolSize: 1, statementTimeoutMs };
}

// An OpenAPI document (3.0 and 3.1) as untrusted JSON: references within it only, bounded in hops and size, cycles ended
// by whoever walks it. References to other files or addresses are never followed: reading a document must not make the
// gateway somebody's client.
import { parse as parseYaml } from "yaml";
import { isObject } from "./field-path.js";

export type JsonObject = Readonly<Record<string, unknown>>;

const mostCharacters = 5_000_000;
const mostHops = 20;
/** An honest document of a thousand paths needs a tenth of it; schemas that hold each other could ask for ever. */
const mostLookups = 500_000;

/** A document that cannot be taken. Its message is ours, without the document's text. */
export class UnreadableDocument extends Error {
  override readonly name = "UnreadableDocument";
}

export class OpenApiDocument {
  /** References that were not followed: they lead out of the document, or nowhere. */
  readonly refused = { outside: 0, nowhere: 0 };
  readonly #root: JsonObject;
  #lookups = 0;

  /** @param given JSON or YAML text, or what was parsed from it. @throws UnreadableDocument */
  constructor(given: unknown) {
    const root = typeof given === "string" ? parsed(given) : given;
    if (!isObject(root)) throw new UnreadableDocument("it is no OpenAPI document");
    if ("swagger" in root)
      throw new UnreadableDocument("it is written in OpenAPI 2 (Swagger): ask the service's makers for version 3");
    const version = root["openapi"];
    if (typeof version !== "string" || !/^3\.[01](\.|$)/.test(version))
      throw new UnreadableDocument("it does not say openapi: 3.0 or 3.1");
    this.#root = root;
  }

  get root(): JsonObject {
    return this.#root;
  }

  /** The object itself, or what its `$ref` leads to; null where there is none. What stands beside a `$ref` counts too (3.1). */
  object(given: unknown): JsonObject | null {
    this.#lookups += 1;
    if (this.#lookups > mostLookups) throw new UnreadableDocument("its schemas hold each other without an end");
    let at: unknown = given;
    let beside: JsonObject = {};
    for (let hop = 0; isObject(at) && typeof at["$ref"] === "string"; hop += 1) {
      if (hop >= mostHops) return this.#refuse("nowhere");
      const { $ref, ...others } = at;
      beside = { ...others, ...beside };
      if (!String($ref).startsWith("#")) return this.#refuse("outside");
      at = this.#at(String($ref).slice(1));
    }
    if (!isObject(at)) return at === undefined && isObject(given) ? this.#refuse("nowhere") : null;
    return { ...at, ...beside };
  }

  /** Which schema stands there, to tell whether two are one: the last reference on the way, or the object itself. */
  identity(given: unknown): unknown {
    let last: unknown = given;
    for (let hop = 0; hop < mostHops; hop += 1) {
      const reference: unknown = isObject(last) ? last["$ref"] : null;
      if (typeof reference !== "string" || !reference.startsWith("#")) return last;
      last = this.#at(reference.slice(1));
    }
    return last;
  }

  /** JSON pointer (RFC 6901) in a fragment. */
  #at(pointer: string): unknown {
    const steps = pointer.split("/").slice(1);
    return steps.reduce<unknown>((at, step) => {
      const name = decoded(step).replaceAll("~1", "/").replaceAll("~0", "~");
      if (Array.isArray(at)) return (at as readonly unknown[])[Number(name)];
      return isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
    }, this.#root);
  }

  #refuse(why: "outside" | "nowhere"): null {
    this.refused[why] += 1;
    return null;
  }
}

function parsed(text: string): unknown {
  if (text.length > mostCharacters) throw new UnreadableDocument(`it is longer than ${mostCharacters} characters`);
  try {
    if (text.trimStart().startsWith("{")) return JSON.parse(text) as unknown;
    return parseYaml(text, { maxAliasCount: 100, logLevel: "silent" }) as unknown;
  } catch {
    throw new UnreadableDocument("it is neither JSON nor YAML");
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

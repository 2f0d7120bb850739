// `@key` of a Federation subgraph's own SDL (Apollo Federation subgraph specification, `_service { sdl }`): introspection
// does not tell directives.
import { type DocumentNode, parse, type SelectionSetNode } from "graphql";
import type { FetchBounds } from "../source.js";
import { type Endpoint, isObject } from "./endpoint.js";

const longestSdl = 2_000_000;
const mostTokens = 200_000;
/** The parser goes one call deeper for each bracket: the stack must not end first. */
const deepestBrackets = 100;

/** By type: the fields of its first key that can be asked for. Null: the SDL cannot be read. @throws SourceFailure */
export async function federationKeys(
  endpoint: Endpoint,
  bounds: FetchBounds,
): Promise<ReadonlyMap<string, readonly string[]> | null> {
  const { _service: service } = await endpoint.ask({ document: "query { _service { sdl } }", variables: {} }, bounds);
  const sdl = isObject(service) ? service["sdl"] : null;
  const document = typeof sdl === "string" && sdl.length <= longestSdl ? parsed(sdl) : null;
  return document === null ? null : keysIn(document);
}

function parsed(text: string): DocumentNode | null {
  let [depth, deepest] = [0, 0];
  for (const [bracket] of text.matchAll(/[[\](){}]/g)) {
    depth += "[({".includes(bracket) ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  if (deepest > deepestBrackets) return null;
  try {
    return parse(text, { maxTokens: mostTokens, noLocation: true });
  } catch {
    // The parser's message quotes the text.
    return null;
  }
}

function keysIn(document: DocumentNode): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>();
  for (const node of document.definitions) {
    if (node.kind !== "ObjectTypeDefinition" && node.kind !== "ObjectTypeExtension") continue;
    for (const directive of node.directives ?? []) {
      if (directive.name.value !== "key" || keys.has(node.name.value)) continue;
      const given = new Map(directive.arguments?.map(({ name, value }) => [name.value, value]));
      const [fields, resolvable] = [given.get("fields"), given.get("resolvable")];
      const cannot = resolvable?.kind === "BooleanValue" && !resolvable.value;
      const paths = fields?.kind === "StringValue" ? pathsOf(fields.value) : [];
      if (!cannot && paths.length > 0) keys.set(node.name.value, paths);
    }
  }
  return keys;
}

/** `code owner { id }` → `code`, `owner.id`. */
function pathsOf(fields: string): readonly string[] {
  const [node] = (fields.length > 1_000 ? null : parsed(`{ ${fields} }`))?.definitions ?? [];
  return node?.kind === "OperationDefinition" ? leaves(node.selectionSet, "") : [];
}

const leaves = ({ selections }: SelectionSetNode, prefix: string): readonly string[] =>
  selections.flatMap((one) => {
    if (one.kind !== "Field") return [];
    const path = `${prefix}${one.name.value}`;
    return one.selectionSet === undefined ? [path] : leaves(one.selectionSet, `${path}.`);
  });

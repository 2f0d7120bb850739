// The text of an operation. Only names that GraphQL allows stand in it; values travel beside it, as variables.

const namePattern = /^(?!__)[_A-Za-z][_0-9A-Za-z]*$/;
const argumentPattern = /^([_A-Za-z][_0-9A-Za-z]*)\s*:\s*([_A-Za-z][_0-9A-Za-z]*!?|\[[_A-Za-z][_0-9A-Za-z]*!?\]!?)$/;

/** A column or type that cannot be asked for. Its message names it as the schema does. */
export class UnaskableName extends Error {
  override readonly name = "UnaskableName";
}

export const isName = (text: string): boolean => namePattern.test(text);

/** `location.lat` → its names. @throws UnaskableName */
export function pathOf(text: string): readonly string[] {
  const names = text.split(".");
  if (names.every(isName)) return names;
  throw new UnaskableName("a column that is no path of field names");
}

/** Fields to select, each with those below it; without any it is a leaf. */
interface Fields {
  readonly below: Map<string, Fields>;
}

/** `["code", "location.lat", "location.lon"]` → `code location { lat lon }`. @throws UnaskableName */
export function selection(paths: readonly (readonly string[])[]): string {
  const root: Fields = { below: new Map() };
  for (const path of paths) {
    let at = root;
    for (const name of path) {
      const next = at.below.get(name) ?? { below: new Map() };
      at.below.set(name, next);
      at = next;
    }
  }
  const isLeaf = (path: readonly string[]) =>
    path.reduce<Fields | undefined>((at, name) => at?.below.get(name), root)?.below.size === 0;
  if (!paths.every(isLeaf)) throw new UnaskableName("a column that is an object, of which another column is a field");
  return written(root);
}

const written = ({ below }: Fields): string =>
  [...below].map(([name, fields]) => (fields.below.size === 0 ? name : `${name} { ${written(fields)} }`)).join(" ");

/** `edges.node` around `x` → `edges { node { x } }`. */
export const wrapped = (path: readonly string[], inner: string): string =>
  path.reduceRight((within, name) => `${name} { ${within} }`, inner);

export interface Argument {
  readonly name: string;
  readonly type: string;
  readonly isList: boolean;
}

/** `codes: [ID!]` → its parts. @throws TypeError when it is not written like that */
export function argumentOf(text: string): Argument {
  const [, name, type] = argumentPattern.exec(text) ?? [];
  if (name === undefined || type === undefined) throw new TypeError("an argument is written like `codes: [ID!]`");
  return { name, type, isList: type.startsWith("[") };
}

export interface Operation {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A query of one field. Each argument's variable has a name of our own. */
export function fieldQuery(
  field: string,
  given: readonly { readonly argument: Argument; readonly value: unknown }[],
  inner: string,
): Operation {
  const declared = given.map(({ argument }, i) => `$v${i}: ${argument.type}`).join(", ");
  const passed = given.map(({ argument }, i) => `${argument.name}: $v${i}`).join(", ");
  const [head, call] = given.length === 0 ? ["query", field] : [`query (${declared})`, `${field}(${passed})`];
  return {
    document: `${head} { ${call} { ${inner} } }`,
    variables: Object.fromEntries(given.map(({ value }, i) => [`v${i}`, value])),
  };
}

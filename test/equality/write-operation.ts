// A random document for a schema: nested selections, aliases, response keys that meet from several places, fragments of
// every kind, directives, variables. What must not meet on one response key is kept apart while writing, so that nearly
// everything written is valid.
import {
  getNamedType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
} from "graphql";
import type { Dataset } from "../../src/catalogue/index.js";
import type { Operation } from "./oracle.js";
import { Inputs, type Choose, type World } from "./write-inputs.js";

type Composite = GraphQLObjectType | GraphQLInterfaceType;
type AnyField = GraphQLField<unknown, unknown>;

interface FieldSelection {
  readonly kind: "field";
  readonly key: string;
  readonly parent: Composite;
  readonly name: string;
  readonly args: string;
  readonly type: string;
  readonly directives: string;
  readonly inner: readonly Selection[] | null;
}
interface FragmentSelection {
  readonly kind: "inline" | "spread";
  /** After `...`. */
  readonly head: string;
  readonly inner: readonly Selection[];
}
type Selection = FieldSelection | FragmentSelection;

interface Fragment {
  readonly name: string;
  readonly on: Composite;
  readonly inner: readonly Selection[];
}

/** What stands already under each response key of one place of the response. */
class Scope {
  readonly #keys = new Map<string, { readonly fields: FieldSelection[]; readonly below: Scope }>();

  below(key: string): Scope {
    return this.#at(key).below;
  }

  #at(key: string) {
    const known = this.#keys.get(key) ?? { fields: [], below: new Scope() };
    this.#keys.set(key, known);
    return known;
  }

  fieldsOf(parent: Composite): readonly FieldSelection[] {
    return [...this.#keys.values()].flatMap(({ fields }) => fields.filter((field) => field.parent === parent));
  }

  /** GraphQL specification 5.3.2: fields of one response key merge. */
  fits(field: FieldSelection): boolean {
    const known = this.#keys.get(field.key);
    if (known === undefined) return true;
    const alike = known.fields.every((other) => {
      const apart = isObjectType(other.parent) && isObjectType(field.parent) && other.parent !== field.parent;
      return other.type === field.type && (apart || (other.name === field.name && other.args === field.args));
    });
    return alike && (field.inner ?? []).every((inner) => known.below.admits(inner));
  }

  admits(selection: Selection): boolean {
    return selection.kind === "field" ? this.fits(selection) : selection.inner.every((inner) => this.admits(inner));
  }

  add(selection: Selection): void {
    if (selection.kind !== "field") return selection.inner.forEach((inner) => this.add(inner));
    const { fields, below } = this.#at(selection.key);
    fields.push(selection);
    selection.inner?.forEach((inner) => below.add(inner));
  }
}

const aliases = ["a", "b", "c", "nodes", "id", "number", "__proto__", "constructor", "toString", "data"];

/** Selected fields of one document, fragments counted once for each place. */
const mostFields = 70;

class Writer {
  readonly fragments: Fragment[] = [];
  readonly #inputs: Inputs;
  #left = mostFields;

  constructor(
    readonly world: World,
    choose: Choose,
  ) {
    this.#inputs = new Inputs(world, choose);
  }

  document(): Operation {
    const inputs = this.#inputs;
    const count = inputs.in(20) ? 2 + inputs.choose(2) : 1;
    const named = count > 1 || inputs.in(40);
    const query = this.world.schema.getQueryType();
    if (query === undefined || query === null) throw new Error("no Query");
    const operations = Array.from({ length: count }, (_, i) => {
      this.#left = Math.floor(mostFields / count);
      return { name: named ? `Op${i}` : "", inner: this.#selections(query, new Scope(), 0, 0) };
    });
    const texts = operations.map(({ name, inner }) => {
      const body = writtenSet(inner);
      const reached = this.#reachedFrom(inner).map(({ inner: content }) => writtenSet(content));
      const variables = inputs.declarations([body, ...reached]);
      return name === "" && variables === "" && inputs.in(50) ? body : `query ${name}${variables} ${body}`;
    });
    const used = new Set(operations.flatMap(({ inner }) => this.#reachedFrom(inner)));
    const definitions = [...used].map((each) => `fragment ${each.name} on ${each.on.name} ${writtenSet(each.inner)}`);
    const at = inputs.choose(texts.length + 1);
    return {
      query: [...texts.slice(0, at), ...definitions, ...texts.slice(at)].join("\n"),
      variables: inputs.values,
      operationName: count > 1 || (named && inputs.in(50)) ? inputs.pick(operations).name : null,
    };
  }

  #reachedFrom(selections: readonly Selection[]): readonly Fragment[] {
    return selections.flatMap((selection): readonly Fragment[] => {
      if (selection.kind === "field") return this.#reachedFrom(selection.inner ?? []);
      const own = this.fragments.find((each) => each.inner === selection.inner);
      return [...(selection.kind === "spread" && own ? [own] : []), ...this.#reachedFrom(selection.inner)];
    });
  }

  /** @param level lists above; @param depth fragments and fields above */
  #selections(type: Composite, scope: Scope, level: number, depth: number): readonly Selection[] {
    const inputs = this.#inputs;
    const made: Selection[] = [];
    const narrow = depth === 0 || isFrame(type) || type.name.startsWith("__");
    const count = 1 + inputs.choose(narrow ? 3 : 6);
    for (let i = 0; i < count && this.#left > 0; i++) {
      const selection = this.#selection(type, scope, level, depth);
      if (selection === null || !scope.admits(selection)) continue;
      scope.add(selection);
      made.push(selection);
    }
    if (made.length > 0) return made;
    const fallback = this.#typename(type, scope);
    scope.add(fallback);
    return [fallback];
  }

  #typename(parent: Composite, scope: Scope): FieldSelection {
    const make = (key: string): FieldSelection => ({
      ...{ kind: "field", parent, name: "__typename", args: "", type: "String!", inner: null },
      ...{ key, directives: this.#inputs.directives() },
    });
    const wanted = make(this.#inputs.in(70) ? "__typename" : this.#inputs.pick(aliases));
    return scope.fits(wanted) ? wanted : make("__typename");
  }

  #selection(type: Composite, scope: Scope, level: number, depth: number): Selection | null {
    const kind = this.#inputs.choose(20);
    if (kind < 2) return this.#typename(type, scope);
    if (kind < 4 && depth < 9) return this.#inline(type, scope, level, depth);
    if (kind < 7 && depth < 9) return this.#spread(type, scope, level, depth);
    if (kind < 10) {
      const known = scope.fieldsOf(type);
      const wide = known.filter((field) => field.inner !== null);
      if (known.length > 0) return this.#again(this.#inputs.pick(wide.length > 0 ? wide : known), scope, level, depth);
    }
    return this.#field(type, scope, level, depth);
  }

  /** The same response key once more, with a selection of its own: they merge. */
  #again(field: FieldSelection, scope: Scope, level: number, depth: number): FieldSelection {
    const definition = this.#definition(field.parent, field.name);
    const inner =
      field.inner === null || definition === null
        ? null
        : this.#inside(definition, scope.below(field.key), level, depth);
    return { ...field, directives: this.#inputs.directives(), inner };
  }

  #conditions(type: Composite): readonly Composite[] {
    if (isInterfaceType(type)) return [type, ...this.world.schema.getPossibleTypes(type)];
    return [type, ...type.getInterfaces()];
  }

  #inline(type: Composite, scope: Scope, level: number, depth: number): Selection {
    const inputs = this.#inputs;
    const on = inputs.in(40) ? null : inputs.pick(this.#conditions(type));
    const directives = inputs.directives();
    const inner = this.#selections(on ?? type, scope, level, depth + 1);
    return { kind: "inline", head: `${on === null ? "" : `on ${on.name}`}${directives}`, inner };
  }

  #spread(type: Composite, scope: Scope, level: number, depth: number): Selection {
    const inputs = this.#inputs;
    const directives = inputs.directives();
    const possible = this.#conditions(type);
    const known = this.fragments.filter(
      (each) => possible.includes(each.on) && each.inner.every((inner) => scope.admits(inner)),
    );
    let fragment = known.length > 0 && inputs.in(60) ? inputs.pick(known) : null;
    if (fragment === null) {
      const on = inputs.pick(possible);
      const inner = this.#selections(on, scope, level, depth + 1);
      // Known from here on: a fragment cannot come to spread itself.
      fragment = { name: `F${this.fragments.length}`, on, inner };
      this.fragments.push(fragment);
    }
    return { kind: "spread", head: `${fragment.name}${directives}`, inner: fragment.inner };
  }

  #definition(type: Composite, name: string): AnyField | null {
    if (name === "__schema") return SchemaMetaFieldDef as AnyField;
    if (name === "__type") return TypeMetaFieldDef as AnyField;
    return type.getFields()[name] ?? null;
  }

  #field(type: Composite, scope: Scope, level: number, depth: number): FieldSelection | null {
    const inputs = this.#inputs;
    const root = type === this.world.schema.getQueryType();
    const meta = root && inputs.in(3) ? [SchemaMetaFieldDef as AnyField, TypeMetaFieldDef as AnyField] : [];
    const fields = meta.length > 0 ? meta : Object.values(type.getFields());
    const open = fields.filter((field) => isLeaf(getNamedType(field.type)) || (level < 4 && depth < 12));
    // Rows and links lead on; what stands beside them is asked for less.
    const leading = open.filter((field) => !isLeaf(getNamedType(field.type)) && field.name !== "pageInfo");
    if (open.length === 0) return null;
    const definition = inputs.pick(leading.length > 0 && inputs.in(isFrame(type) ? 80 : 55) ? leading : open);
    const key = inputs.in(30) ? inputs.pick(aliases) : definition.name;
    const taken = scope.fieldsOf(type).find((field) => field.key === key && field.name === definition.name);
    if (taken) return this.#again(taken, scope, level, depth);
    this.#left--;
    const bare: FieldSelection = {
      ...{ kind: "field", key, parent: type, name: definition.name, args: this.#args(type, definition, level) },
      ...{ type: String(definition.type), directives: inputs.directives(), inner: null },
    };
    if (!scope.fits(bare)) return null;
    const inner = this.#inside(definition, scope.below(key), level, depth);
    return { ...bare, inner };
  }

  #inside(definition: AnyField, scope: Scope, level: number, depth: number): readonly Selection[] | null {
    const type = getNamedType(definition.type);
    if (!isObjectType(type) && !isInterfaceType(type)) return null;
    // Introspection goes round in circles: it is not followed far.
    const steps = type.name.startsWith("__") ? 2 : this.#datasetOf(type) === null ? 0 : 1;
    const listed = type.name.startsWith("__") ? steps : type.name.endsWith("Connection") ? 1 : 0;
    return this.#selections(type, scope, level + listed, depth + 1);
  }

  #datasetOf(type: GraphQLNamedType): Dataset | null {
    const name = type.name.replace(/(Link)?Connection$/, "");
    return this.world.catalogue.datasets.get(name) ?? null;
  }

  #args(parent: Composite, definition: AnyField, level: number): string {
    const inputs = this.#inputs;
    const type = getNamedType(definition.type);
    if (definition.name === "__type") {
      const names = [...Object.keys(this.world.schema.getTypeMap()), "Nothing"];
      const name = inputs.pick(names);
      return `(name: ${inputs.written("String!", name, JSON.stringify(name))})`;
    }
    if (definition.args.some((each) => each.name === "includeDeprecated"))
      return inputs.in(50) ? `(includeDeprecated: ${String(inputs.in(50))})` : "";
    if (definition.args.some((each) => each.name === "id")) return inputs.id(this.#datasetOf(type));
    const dataset = this.#datasetOf(type);
    if (dataset === null || !type.name.endsWith("Connection")) return "";
    return inputs.list(dataset, `${parent.name}.${definition.name}`, level);
  }
}

/** Connections, edges and PageInfo: what stands between rows. */
const isFrame = (type: GraphQLNamedType): boolean => /Connection$|Edge$|^PageInfo$/.test(type.name);

const isLeaf = (type: GraphQLNamedType): boolean =>
  !isObjectType(type) && !isInterfaceType(type) && (isEnumType(type) || "serialize" in type);

function written(selection: Selection): string {
  if (selection.kind !== "field")
    return selection.kind === "spread"
      ? `...${selection.head}`
      : `... ${selection.head} ${writtenSet(selection.inner)}`;
  const { key, name, args, directives, inner } = selection;
  const alias = key === name ? "" : `${key}: `;
  return `${alias}${name}${args}${directives}${inner === null ? "" : ` ${writtenSet(inner)}`}`;
}

const writtenSet = (selections: readonly Selection[]): string => `{ ${selections.map(written).join(" ")} }`;

export const writeOperation = (world: World, choose: Choose): Operation => new Writer(world, choose).document();

// Which variables of an operation are opened for each request, so that one plan serves every id and every cursor: those
// that are nothing but a whole `id`, `after` or `before`. All others decide what is planned, and stand in the plan's key.
import {
  Kind,
  visit,
  type ArgumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type VariableNode,
} from "graphql";
import { Seals } from "./seals.js";

type Variables = Readonly<Record<string, unknown>>;

/** id: of a known type. node: of whatever type the id says. */
type Use = "id" | "node" | "cursor";

export interface LateVariables {
  readonly names: ReadonlySet<string>;
  /**
   * What of a request's variables decides its plan: the values of the others; of a late one whether it is given at all,
   * which type an id of `node` names, and which cursors are equal, since equal pages are read once.
   */
  key(variables: Variables): string;
}

export function lateVariables(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): LateVariables {
  const uses = new Uses();
  for (const definition of [operation, ...fragments.values()]) uses.read(definition);
  const late: [string, Use][] = [];
  const whole: string[] = [];
  for (const { variable } of operation.variableDefinitions ?? []) {
    const use = uses.lateUse(variable.name.value);
    if (use === null) whole.push(variable.name.value);
    else late.push([variable.name.value, use]);
  }
  return { names: new Set(late.map(([name]) => name)), key: (variables) => keyOf(variables, late, whole) };
}

class Uses {
  readonly #uses = new Map<string, Set<Use>>();
  readonly #whole = new Set<string>();
  #fixedCursor = false;

  read(definition: OperationDefinitionNode | FragmentDefinitionNode): void {
    const direct = new Map<VariableNode, Use>();
    visit(definition, {
      VariableDefinition: () => false,
      Field: (node) => {
        for (const argument of node.arguments ?? []) this.#argument(node, argument, direct);
      },
      Variable: (node) => {
        const use = direct.get(node);
        const name = node.name.value;
        if (use === undefined) this.#whole.add(name);
        else this.#uses.set(name, (this.#uses.get(name) ?? new Set()).add(use));
      },
    });
  }

  #argument(field: FieldNode, { name, value }: ArgumentNode, direct: Map<VariableNode, Use>): void {
    const use = useOf(field.name.value, name.value);
    if (use === null) return;
    if (value.kind === Kind.VARIABLE) direct.set(value, use);
    else if (use === "cursor" && value.kind !== Kind.NULL) this.#fixedCursor = true;
  }

  /** Null: its value decides the plan. */
  lateUse(name: string): Use | null {
    const uses = [...(this.#uses.get(name) ?? [])];
    if (this.#whole.has(name) || uses.length === 0) return null;
    if (uses.every((use) => use !== "cursor")) return uses.includes("node") ? "node" : "id";
    // A page may be the one that a cursor of the plan's own asks for: then it must be planned with both at hand.
    return uses.length === 1 && !this.#cursorsAreFixed() ? "cursor" : null;
  }

  #cursorsAreFixed(): boolean {
    return this.#fixedCursor || [...this.#uses].some(([name, uses]) => uses.has("cursor") && this.#whole.has(name));
  }
}

/** The API schema has these arguments on root fields and lists only. */
function useOf(field: string, argument: string): Use | null {
  if (argument === "after" || argument === "before") return "cursor";
  return argument === "id" ? (field === "node" ? "node" : "id") : null;
}

function keyOf(variables: Variables, late: readonly [string, Use][], whole: readonly string[]): string {
  let key = "";
  // JSON has no line end outside of its texts, where it is escaped: parts cannot run into each other.
  for (const name of whole) key += `${Object.hasOwn(variables, name) ? JSON.stringify(variables[name]) : ""}\n`;
  let cursors: Map<string, number> | null = null;
  for (const [name, use] of late) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (typeof value !== "string") key += value === undefined ? "\n" : "null\n";
    else if (use === "id") key += "id\n";
    else if (use === "node") key += `${Seals.typeTag(value) ?? "none"}\n`;
    else {
      cursors ??= new Map<string, number>();
      const equal = cursors.get(value) ?? cursors.size;
      cursors.set(value, equal);
      key += `${equal}\n`;
    }
  }
  return key;
}

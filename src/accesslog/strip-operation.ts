// The text of an operation as it may be kept: what the schema names, and nothing that an application chose (law 11).
import { createHash } from "node:crypto";
import { Kind, OperationTypeNode, print } from "graphql";
import type {
  ArgumentNode,
  ConstDirectiveNode,
  DefinitionNode,
  DirectiveNode,
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  NamedTypeNode,
  NameNode,
  ObjectFieldNode,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
  TypeNode,
  ValueNode,
  VariableDefinitionNode,
} from "graphql";

export interface StrippedOperation {
  /** SHA-256 of the text, 64 hex digits. */
  readonly hash: string;
  readonly text: string;
}

export interface StripOptions {
  /**
   * The document was found valid against the API schema, so its fields, arguments, types, directives, enum values and
   * keys of input objects are names of the schema. When it was not, each of them may be a text that the application
   * chose, and becomes `_` too: the shape is left, and the hash is over the shape alone (a hash over a chosen name could
   * be found again by trying names).
   */
  readonly validated: boolean;
}

/**
 * Literals become `_`, variables `$v1`, `$v2` … and fragments `f1`, `f2` … in the order of their first appearance.
 * Aliases, names of operations, comments and descriptions go. Documents that are equal up to those have equal hashes.
 *
 * The result is built anew from the parts that are known to be safe; nothing of the given document is passed through,
 * so that what a later version of GraphQL adds to a node is left out and not let in.
 */
export function stripOperation(document: DocumentNode, options: StripOptions): StrippedOperation {
  const text = print(new Stripper(options.validated).document(document));
  return { hash: createHash("sha256").update(text, "utf8").digest("hex"), text };
}

const nameOf = (value: string): NameNode => ({ kind: Kind.NAME, value });
/** An enum value's form, so that the stripped text is still GraphQL and can be laid out by tools. */
const placeholder: ValueNode = { kind: Kind.ENUM, value: "_" };

class Stripper {
  private readonly variables = new Map<string, string>();
  private readonly fragments = new Map<string, string>();

  constructor(private readonly validated: boolean) {}

  document(document: DocumentNode): DocumentNode {
    return { kind: Kind.DOCUMENT, definitions: document.definitions.map((definition) => this.definition(definition)) };
  }

  private definition(definition: DefinitionNode): DefinitionNode {
    switch (definition.kind) {
      case Kind.OPERATION_DEFINITION:
        return this.operation(definition);
      case Kind.FRAGMENT_DEFINITION:
        return this.fragment(definition);
      default:
        // Type system definitions are never valid here; that there was one is all that is kept.
        return { kind: Kind.SCALAR_TYPE_DEFINITION, name: nameOf("_") };
    }
  }

  private operation(node: OperationDefinitionNode): OperationDefinitionNode {
    return {
      kind: Kind.OPERATION_DEFINITION,
      operation: Object.values(OperationTypeNode).find((type) => type === node.operation) ?? OperationTypeNode.QUERY,
      variableDefinitions: (node.variableDefinitions ?? []).map((variable) => this.variableDefinition(variable)),
      directives: this.directives(node.directives),
      selectionSet: this.selectionSet(node.selectionSet),
    };
  }

  private fragment(node: FragmentDefinitionNode): FragmentDefinitionNode {
    return {
      kind: Kind.FRAGMENT_DEFINITION,
      name: this.fragmentName(node.name),
      typeCondition: this.namedType(node.typeCondition),
      directives: this.directives(node.directives),
      selectionSet: this.selectionSet(node.selectionSet),
    };
  }

  private variableDefinition(node: VariableDefinitionNode): VariableDefinitionNode {
    return {
      kind: Kind.VARIABLE_DEFINITION,
      variable: { kind: Kind.VARIABLE, name: this.variableName(node.variable.name) },
      type: this.type(node.type),
      ...(node.defaultValue && { defaultValue: { kind: Kind.ENUM, value: "_" } }),
      directives: this.directives(node.directives) as readonly ConstDirectiveNode[],
    };
  }

  private selectionSet(node: SelectionSetNode): SelectionSetNode {
    return { kind: Kind.SELECTION_SET, selections: node.selections.map((selection) => this.selection(selection)) };
  }

  private selection(node: SelectionNode): SelectionNode {
    switch (node.kind) {
      case Kind.FIELD:
        return this.field(node);
      case Kind.FRAGMENT_SPREAD:
        return {
          kind: Kind.FRAGMENT_SPREAD,
          name: this.fragmentName(node.name),
          directives: this.directives(node.directives),
        };
      case Kind.INLINE_FRAGMENT:
        return {
          kind: Kind.INLINE_FRAGMENT,
          ...(node.typeCondition && { typeCondition: this.namedType(node.typeCondition) }),
          directives: this.directives(node.directives),
          selectionSet: this.selectionSet(node.selectionSet),
        };
    }
  }

  private field(node: FieldNode): FieldNode {
    return {
      kind: Kind.FIELD,
      name: this.schemaName(node.name),
      arguments: this.arguments(node.arguments),
      directives: this.directives(node.directives),
      ...(node.selectionSet && { selectionSet: this.selectionSet(node.selectionSet) }),
    };
  }

  private directives(nodes: readonly DirectiveNode[] | undefined): readonly DirectiveNode[] {
    return (nodes ?? []).map((node) => ({
      kind: Kind.DIRECTIVE,
      name: this.schemaName(node.name),
      arguments: this.arguments(node.arguments),
    }));
  }

  private arguments(nodes: readonly ArgumentNode[] | undefined): readonly ArgumentNode[] {
    return (nodes ?? []).map((node) => ({
      kind: Kind.ARGUMENT,
      name: this.schemaName(node.name),
      value: this.value(node.value),
    }));
  }

  private value(node: ValueNode): ValueNode {
    switch (node.kind) {
      case Kind.VARIABLE:
        return { kind: Kind.VARIABLE, name: this.variableName(node.name) };
      case Kind.ENUM:
        // A valid one is a name of the schema, like `ASC`; any other is a text without quotes.
        return this.validated ? { kind: Kind.ENUM, value: node.value } : placeholder;
      case Kind.OBJECT:
        return { kind: Kind.OBJECT, fields: node.fields.map((field) => this.objectField(field)) };
      case Kind.LIST:
        return this.list(node.values);
      case Kind.INT:
      case Kind.FLOAT:
      case Kind.STRING:
      case Kind.BOOLEAN:
      case Kind.NULL:
        return placeholder;
    }
  }

  /** A list of literals is one literal: `in: [1, 2, 3]` and `in: [4]` are the same operation. */
  private list(nodes: readonly ValueNode[]): ValueNode {
    const values = nodes.map((node) => this.value(node));
    return values.every((value) => value === placeholder) ? placeholder : { kind: Kind.LIST, values };
  }

  private objectField(node: ObjectFieldNode): ObjectFieldNode {
    return { kind: Kind.OBJECT_FIELD, name: this.schemaName(node.name), value: this.value(node.value) };
  }

  private type(node: TypeNode): TypeNode {
    switch (node.kind) {
      case Kind.NAMED_TYPE:
        return this.namedType(node);
      case Kind.LIST_TYPE:
        return { kind: Kind.LIST_TYPE, type: this.type(node.type) };
      case Kind.NON_NULL_TYPE: {
        const type = this.type(node.type);
        return type.kind === Kind.NON_NULL_TYPE ? type : { kind: Kind.NON_NULL_TYPE, type };
      }
    }
  }

  private namedType(node: NamedTypeNode): NamedTypeNode {
    return { kind: Kind.NAMED_TYPE, name: this.schemaName(node.name) };
  }

  private schemaName(node: NameNode): NameNode {
    return nameOf(this.validated ? node.value : "_");
  }

  private variableName(node: NameNode): NameNode {
    return nameOf(numbered(this.variables, node.value, "v"));
  }

  private fragmentName(node: NameNode): NameNode {
    return nameOf(numbered(this.fragments, node.value, "f"));
  }
}

function numbered(names: Map<string, string>, chosen: string, letter: string): string {
  const known = names.get(chosen);
  if (known !== undefined) return known;
  const neutral = `${letter}${names.size + 1}`;
  names.set(chosen, neutral);
  return neutral;
}

// What `map` works on: the types that schema.graphql has, and those it will propose, in one form.
import type { DatasetStatus } from "../../catalogue/index.js";
import type { StructureTable } from "../../sources/index.js";
import type { ScalarType } from "../../terms/index.js";
import type { PersonalMark } from "./personal.js";

export interface FieldModel {
  readonly name: string;
  readonly column: string;
  readonly scalar: ScalarType;
  readonly isNew: boolean;
  readonly description: string | null;
  readonly personal: PersonalMark | null;
}

export interface LinkModel {
  readonly name: string;
  readonly target: TypeModel;
  readonly many: boolean;
  /** Columns, matched one to one. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Why it is thought to be one; null: the service declares it. */
  readonly guessed: string | null;
}

export interface SubjectModel {
  readonly scheme: string;
  /** The column that holds the person's key. */
  readonly column: string;
}

export interface TypeModel {
  readonly name: string;
  readonly source: string;
  readonly from: string;
  readonly one: string;
  readonly many: string;
  /** Null: to be proposed. */
  readonly status: DatasetStatus | null;
  /** Null: a type of another source, or one whose table is not there. */
  readonly table: StructureTable | null;
  /** Columns, in order. */
  readonly key: readonly string[];
  /** How the key was come by, where the service names none. */
  readonly keyGuess: string | null;
  /** By column. */
  readonly fields: Map<string, FieldModel>;
  /** Columns that links use and no field shows. */
  readonly hidden: Set<string>;
  /** Names of all fields and links. */
  readonly members: Set<string>;
  /** To be proposed. */
  readonly links: LinkModel[];
  /** By column: `from` of links that are there already. */
  readonly linked: Set<string>;
  /** Columns that a comment names: proposed before, or left out for good. */
  readonly settled: ReadonlySet<string>;
  /** Reason by column. */
  readonly leftOut: Map<string, string>;
  /** Whose key the type holds itself; what other types' `via` leads to. */
  register: SubjectModel | null;
  /** Links by which a row is somebody's. */
  readonly via: string[];
  /** The name it would have, were it not taken. */
  readonly renamedFrom: string | null;
}

export const isNew = (type: TypeModel): boolean => type.status === null;

export const scalarOf = (type: TypeModel, column: string): ScalarType | null =>
  type.fields.get(column)?.scalar ?? type.table?.columns.find(({ name }) => name === column)?.scalar ?? null;

/** A type that is shared gets fields in comments only: a rule for `Type.*` could open them (law 1). */
export const staysComment = (type: TypeModel): boolean => type.status === "SHARED";

/** The field by which the file shows a column; what only a comment proposes is not there. */
export function shownField(type: TypeModel, column: string): FieldModel | null {
  const field = type.fields.get(column);
  return field === undefined || (field.isNew && staysComment(type)) ? null : field;
}

// Third reading: whom a row, or one field of it, is about.
import type { ConstDirectiveNode } from "graphql";
import { nearest } from "../terms/index.js";
import type { SubjectRef } from "./catalogue.js";
import type { Directive } from "./directives.js";
import type { FaultList } from "./fault-list.js";
import { groupName, type FieldDraft, type TypeDraft } from "./read-types.js";
import type { LinkPairs } from "./resolve-links.js";

export interface Subjects {
  readonly ofType: ReadonlyMap<TypeDraft, readonly SubjectRef[]>;
  readonly ofField: ReadonlyMap<FieldDraft, readonly SubjectRef[]>;
}

export function resolveSubjects(types: ReadonlyMap<string, TypeDraft>, pairs: LinkPairs, faults: FaultList): Subjects {
  const keyForms = new Map<string, string>();
  const resolve = (directive: Directive, type: TypeDraft, own: FieldDraft | null): readonly SubjectRef[] => {
    const refs = directive.has("via")
      ? resolveVia(directive, type, types, pairs, faults)
      : resolveDirect(directive, type, own, faults);
    checkKeyForms(refs, keyForms, directive, faults);
    return refs;
  };
  const ofType = new Map<TypeDraft, readonly SubjectRef[]>();
  const ofField = new Map<FieldDraft, readonly SubjectRef[]>();
  for (const type of types.values()) {
    const rows = type.directives.each("subject");
    ofType.set(type, distinct(rows.flatMap((directive) => resolve(directive, type, null))));
    for (const member of type.members.values()) {
      if (member.kind !== "field") continue;
      const cells = member.directives.each("subject");
      ofField.set(member, distinct(cells.flatMap((directive) => resolve(directive, type, member))));
    }
  }
  return { ofType, ofField };
}

/**
 * A person is found by their key: an objection recorded under the number 5 would not be found by the text "5", and the
 * row would leave. So one register's keys are numbers everywhere, or texts everywhere.
 */
function checkKeyForms(
  refs: readonly SubjectRef[],
  known: Map<string, string>,
  directive: Directive,
  faults: FaultList,
): void {
  for (const { scheme, column } of refs) {
    const form = column.type === "Int" || column.type === "SafeInt" ? "whole number" : column.type;
    const other = known.get(scheme) ?? form;
    known.set(scheme, other);
    if (other !== form)
      faults.add(
        directive.node,
        "subject-types",
        `the people of "${scheme}" are known by ${other} elsewhere, and "${column.name}" is ${form}: nobody would be found by it`,
      );
  }
}

function resolveDirect(
  directive: Directive,
  type: TypeDraft,
  own: FieldDraft | null,
  faults: FaultList,
): readonly SubjectRef[] {
  const scheme = readScheme(directive, faults);
  const name = directive.text("field");
  if (scheme === null) {
    if (!directive.has("scheme")) {
      faults.add(directive.node, "subject-scheme", '@subject needs "scheme" with "field", or "via" with a link');
    }
    return [];
  }
  const field = name === null ? own : type.members.get(name.text);
  if (field === null) {
    if (!directive.has("field"))
      faults.add(directive.node, "subject-field", '@subject needs "field": the person\'s key');
    return [];
  }
  if (field?.kind === "field" && field.column.type === "GeoJSON") {
    faults.add(directive.node, "subject-on-geometry", "a geometry is nobody's key");
    return [];
  }
  if (field?.kind === "field") return [{ scheme, column: field.column }];
  if (name === null || field?.kind === "broken") return [];
  const message =
    field?.kind === "derived"
      ? `"${type.name}.${name.text}" is derived: name the field that holds the person's key`
      : field?.kind === "link"
        ? `"${type.name}.${name.text}" is a link: write via: "${name.text}"`
        : `"${type.name}" has no field "${name.text}"`;
  faults.add(
    name.node,
    "unknown-field",
    message,
    field === undefined ? nearest(name.text, fieldNames(type)) : undefined,
  );
  return [];
}

/** Follows one link: the person's key must be the column that the row itself holds, or consent could not be pushed down. */
function resolveVia(
  directive: Directive,
  type: TypeDraft,
  types: ReadonlyMap<string, TypeDraft>,
  pairs: LinkPairs,
  faults: FaultList,
): readonly SubjectRef[] {
  const scheme = readScheme(directive, faults);
  const via = directive.text("via");
  if (via === null) return [];
  if (directive.has("field")) faults.add(directive.node, "subject-field", '"via" and "field" exclude each other');
  const link = type.members.get(via.text);
  if (link?.kind === "broken") return [];
  if (link?.kind !== "link") {
    const links = [...type.members.values()].filter((member) => member.kind === "link").map((member) => member.name);
    faults.add(via.node, "unknown-link", `"${type.name}" has no link "${via.text}"`, nearest(via.text, links));
    return [];
  }
  if (link.many) {
    faults.add(via.node, "subject-via-many", `"${via.text}" leads to many rows: "via" needs a link to one`);
    return [];
  }
  const target = types.get(link.target);
  const on = pairs.get(link) ?? [];
  if (target === undefined || on.length === 0) return [];
  const theirs = target.directives
    .each("subject")
    .filter((subject) => scheme === null || (subject.text("scheme")?.text ?? scheme) === scheme);
  if (theirs.length === 0) {
    const named = scheme === null ? "" : ` of scheme "${scheme}"`;
    faults.add(via.node, "subject-missing", `"${target.name}", where "${via.text}" leads, has no @subject${named}`);
  }
  return theirs.flatMap((subject) => {
    const ref = followed(subject, target, on);
    if (ref === null) tooFar(directive.node, faults);
    return ref === null ? [] : [ref];
  });
}

function followed(
  subject: Directive,
  target: TypeDraft,
  on: readonly { from: SubjectRef["column"]; to: SubjectRef["column"] }[],
): SubjectRef | null {
  const scheme = subject.text("scheme")?.text;
  const field = target.members.get(subject.text("field")?.text ?? "");
  if (subject.has("via") || scheme === undefined || field?.kind !== "field") return null;
  const pair = on.find((candidate) => candidate.to.name === field.column.name);
  return pair === undefined ? null : { scheme, column: pair.from };
}

const tooFar = (node: ConstDirectiveNode, faults: FaultList): void => {
  faults.add(node, "not-supported", "not supported yet: the person is more than one link away");
};

function readScheme(directive: Directive, faults: FaultList): string | null {
  const scheme = directive.text("scheme");
  if (scheme === null) return null;
  if (groupName.test(scheme.text)) return scheme.text;
  faults.add(scheme.node, "scheme-name", `a scheme's name is small letters, digits and "-": "${scheme.text}"`);
  return null;
}

const fieldNames = (type: TypeDraft): readonly string[] =>
  [...type.members.values()].filter((member) => member.kind === "field").map((member) => member.name);

function distinct(refs: readonly SubjectRef[]): readonly SubjectRef[] {
  return [...new Map(refs.map((ref) => [JSON.stringify([ref.scheme, ref.column.name]), ref])).values()];
}

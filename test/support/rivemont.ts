// The town folder at the repository's root, as tests need it.
import { readFileSync } from "node:fs";
import { Kind, parse, print, type ObjectTypeDefinitionNode } from "graphql";

/** Names of the sources in gateway.yaml. */
export const rivemontSources: ReadonlySet<string> = new Set(
  ["families", "education", "territory"].concat(["parking", "mobility", "sensors", "open-files"]),
);

export const rivemontSchema = (): string => readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8");

/** The datasets that lie in PostgreSQL, and links between them: what tests of databases alone can open. */
export function postgresSchema(): string {
  const types = parse(rivemontSchema()).definitions.filter((each) => each.kind === Kind.OBJECT_TYPE_DEFINITION);
  const others = new Set(types.filter((type) => !/^(families|education|territory)$/.test(sourceOf(type))).map(nameOf));
  const kept = types
    .filter((type) => !others.has(nameOf(type)))
    .map((type) => ({ ...type, fields: (type.fields ?? []).filter((field) => !others.has(print(field.type).replace(/[[\]!]/g, ""))) })); // prettier-ignore
  return kept.map((type) => print(type)).join("\n\n");
}

const nameOf = (type: ObjectTypeDefinitionNode): string => type.name.value;

function sourceOf(type: ObjectTypeDefinitionNode): string {
  const dataset = type.directives?.find(({ name }) => name.value === "dataset");
  const source = dataset?.arguments?.find(({ name }) => name.value === "source")?.value;
  return source?.kind === Kind.STRING ? source.value : "";
}

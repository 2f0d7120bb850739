// Random catalogues, abilities and views for the laws of the derived schemas.
import fc from "fast-check";
import { filterOperators, type Catalogue, type ListAbilities, type SchemaView } from "../../src/catalogue/index.js";
import { scalarTypes, type Coordinate } from "../../src/terms/index.js";
import { read } from "./reading.js";

const fieldSpec = fc.record({ scalar: fc.constantFrom(...scalarTypes), told: fc.boolean() });
const linkSpec = fc.record({ to: fc.nat(), many: fc.boolean() });
const typeSpec = fc.record({
  fields: fc.array(fieldSpec, { maxLength: 4 }),
  links: fc.array(linkSpec, { maxLength: 3 }),
  status: fc.constantFrom("SHARED", "SHARED", "SHARED", "QUALIFIED", "IDENTIFIED"),
  source: fc.constantFrom("families", "parking"),
});
type TypeSpec = typeof typeSpec extends fc.Arbitrary<infer T> ? T : never;

/** Every field's name is a word that occurs nowhere else: found in a printed schema, it is that field. */
function writeSdl(specs: readonly TypeSpec[]): string {
  return specs
    .map((spec, t) => {
      const name = (kind: string, index: number): string => `q${kind}${String(t)}x${String(index)}q`;
      const lines = [`  ${name("k", 0)}: Int`];
      for (const [f, field] of spec.fields.entries()) {
        const description = field.told ? `  "About ${name("f", f)}."\n` : "";
        lines.push(`${description}  ${name("f", f)}: ${field.scalar}`);
      }
      for (const [l, link] of spec.links.entries()) {
        const target = link.to % specs.length;
        const type = link.many ? `[T${String(target)}!]` : `T${String(target)}`;
        const on = link.many ? `from: "${name("k", 0)}", to: "hidden"` : `from: "hidden", to: "qk${String(target)}x0q"`;
        lines.push(`  ${name("l", l)}: ${type} @link(${on})`);
      }
      const head = `type T${String(t)} @dataset(source: "${spec.source}", from: "t", status: ${spec.status})`;
      return `${head} @key(fields: "${name("k", 0)}") {\n${lines.join("\n")}\n}`;
    })
    .join("\n");
}

export const anyCatalogue: fc.Arbitrary<Catalogue> = fc
  .array(typeSpec, { minLength: 1, maxLength: 5 })
  .map((specs) => read(writeSdl(specs)));

const anyListAbilities: fc.Arbitrary<ListAbilities> = fc.record({
  filter: fc.subarray([...filterOperators]).map((operators) => new Set(operators)),
  order: fc.boolean(),
  count: fc.boolean(),
  backward: fc.boolean(),
});

export const anyAbilities: fc.Arbitrary<(source: string) => ListAbilities> = fc
  .tuple(anyListAbilities, anyListAbilities)
  .map(
    ([families, parking]) =>
      (source) =>
        source === "families" ? families : parking,
  );

/** A view as a grant makes it, `usable` apart: it may say more than is opened, and must not open it. */
export function anyView(catalogue: Catalogue): fc.Arbitrary<SchemaView> {
  const coordinates = [...catalogue.coordinates.values()].map((member) => member.coordinate);
  const datasets = [...catalogue.datasets.values()].map((dataset) => dataset.name);
  return fc
    .record({ opened: fc.subarray(coordinates), usable: fc.subarray(coordinates), listable: fc.subarray(datasets) })
    .map(({ opened, usable, listable }) => {
      const open: ReadonlySet<Coordinate> = new Set(opened);
      return {
        opened: (coordinate) => open.has(coordinate),
        usable: (coordinate) => usable.includes(coordinate),
        visible: (dataset) => opened.some((coordinate) => coordinate.startsWith(`${dataset}.`)),
        listable: (dataset) => listable.includes(dataset),
      };
    });
}

import fc from "fast-check";
import {
  findBreakingChanges,
  isEnumType,
  isInputObjectType,
  isObjectType,
  parse,
  printSchema,
  validate,
  validateSchema,
  type GraphQLSchema,
} from "graphql";
import { describe, expect, test } from "vitest";
import {
  apiNames,
  apiRoots,
  deriveApiSchema,
  pruneApiSchema,
  type Catalogue,
  type Dataset,
  type SchemaView,
} from "../../src/catalogue/index.js";
import { fullAbilities } from "./reading.js";
import { anyAbilities, anyCatalogue, anyView } from "./random-catalogue.js";
import { writeOperation } from "./random-operation.js";

const anyPruned = fc.tuple(anyCatalogue, anyAbilities).chain(([catalogue, abilities]) =>
  anyView(catalogue).map((view) => {
    const api = deriveApiSchema(catalogue, abilities);
    return { catalogue, abilities, view, api, pruned: pruneApiSchema(api, catalogue, view) };
  }),
);

function membersOf(schema: GraphQLSchema, name: string): readonly string[] {
  const type = schema.getType(name);
  if (isObjectType(type) || isInputObjectType(type)) return Object.keys(type.getFields());
  return isEnumType(type) ? type.getValues().map((value) => value.name) : [];
}

/** What the view says of a dataset's fields and links, worked out anew, without the code under test. */
function expected(catalogue: Catalogue, dataset: Dataset, view: SchemaView): readonly string[] {
  const shown = (candidate: Dataset | undefined): boolean =>
    candidate?.status === "SHARED" && view.visible(candidate.name);
  if (!shown(dataset)) return [];
  const members = [...dataset.members.values()].filter((member) => {
    if (!view.opened(member.coordinate)) return false;
    if (member.kind !== "link") return true;
    const target = catalogue.datasets.get(member.target);
    return shown(target) && (!member.many || view.listable(member.target));
  });
  return ["id", ...members.map((member) => member.name)];
}

describe("for random catalogues, abilities and views, the part that an agreement sees", () => {
  test("is a valid schema", () => {
    fc.assert(
      fc.property(anyPruned, ({ api, pruned }) => {
        expect(validateSchema(api)).toEqual([]);
        expect(validateSchema(pruned)).toEqual([]);
      }),
    );
  });

  test("holds the opened fields and links, and no others", () => {
    const everywhere = { ...fullAbilities };
    fc.assert(
      fc.property(
        anyCatalogue.chain((catalogue) => fc.tuple(fc.constant(catalogue), anyView(catalogue))),
        ([catalogue, view]) => {
          const pruned = pruneApiSchema(
            deriveApiSchema(catalogue, () => everywhere),
            catalogue,
            view,
          );
          for (const dataset of catalogue.datasets.values()) {
            expect(membersOf(pruned, dataset.name)).toEqual(expected(catalogue, dataset, view));
          }
        },
      ),
    );
  });

  test("offers to filter and order by usable opened fields alone", () => {
    fc.assert(
      fc.property(anyPruned, ({ catalogue, view, pruned }) => {
        for (const dataset of catalogue.datasets.values()) {
          const names = apiNames(dataset.name);
          const offered = [...membersOf(pruned, names.where), ...membersOf(pruned, names.orderField)];
          for (const name of offered.filter((word) => !["and", "or", "not"].includes(word))) {
            const member = dataset.members.get(name);
            expect(member?.kind).toBe("field");
            expect(member !== undefined && view.opened(member.coordinate) && view.usable(member.coordinate)).toBe(true);
          }
        }
      }),
    );
  });

  test("names nowhere, not even in a description, what is not opened", () => {
    fc.assert(
      fc.property(anyPruned, ({ catalogue, view, pruned }) => {
        const printed = printSchema(pruned);
        for (const member of catalogue.coordinates.values()) {
          if (!view.opened(member.coordinate)) expect(printed).not.toContain(member.name);
        }
        for (const dataset of catalogue.datasets.values()) {
          if (dataset.status === "SHARED" && view.visible(dataset.name)) continue;
          expect(printed).not.toMatch(new RegExp(`\\b${dataset.name}(?![0-9])`, "i"));
        }
      }),
    );
  });

  test("has the list of a dataset only where it can be ordered", () => {
    fc.assert(
      fc.property(anyPruned, ({ catalogue, view, pruned }) => {
        const roots = new Set(membersOf(pruned, "Query"));
        for (const [name, root] of apiRoots(catalogue)) {
          const dataset = catalogue.datasets.get(root.dataset ?? "");
          if (dataset === undefined) expect(roots.has(name)).toBe(true);
          else if (!view.visible(dataset.name)) expect(roots.has(name)).toBe(false);
          else if (root.kind === "one") expect(roots.has(name)).toBe(true);
          else {
            const field = pruned.getQueryType()?.getFields()[name];
            expect(field !== undefined).toBe(view.listable(dataset.name));
          }
        }
      }),
    );
  });

  test("breaks no operation: what fits it fits the whole schema", () => {
    fc.assert(
      fc.property(anyPruned, ({ api, pruned }) => {
        expect(findBreakingChanges(pruned, api)).toEqual([]);
      }),
    );
  });

  test("validates operations that the whole schema validates too", () => {
    fc.assert(
      fc.property(anyPruned, fc.infiniteStream(fc.nat()), ({ api, pruned }, numbers) => {
        const choose = (below: number): number => (numbers.next().value ?? 0) % below;
        const document = parse(writeOperation(pruned, choose));
        expect(validate(pruned, document)).toEqual([]);
        expect(validate(api, document)).toEqual([]);
      }),
    );
  });

  test("prints the same each time", () => {
    fc.assert(
      fc.property(anyPruned, ({ api, catalogue, view, pruned }) => {
        expect(printSchema(pruneApiSchema(api, catalogue, view))).toBe(printSchema(pruned));
      }),
    );
  });
});

// The small town as a planner sees it: its API schema, its datasets, and a view to which everything is open.
import { deriveApiSchema, readCatalogue, type Dataset } from "../../src/catalogue/index.js";
import type { AccessView } from "../../src/gateway/access-view.js";
import type { Coordinate } from "../../src/terms/index.js";
import { fullAbilities } from "../catalogue/reading.js";
import { smallSchema } from "./small-town.js";

export const { catalogue } = readCatalogue(smallSchema, {
  file: "schema.graphql",
  sources: new Set(["people", "money"]),
});
if (catalogue === null) throw new Error("the small town's schema cannot be read");
export const schema = deriveApiSchema(catalogue, () => fullAbilities);
const datasetOf = (name: string): Dataset => {
  const found = [...catalogue.datasets.values()].find((dataset) => dataset.name === name);
  if (!found) throw new Error(`no dataset ${name}`);
  return found;
};
export const [person, house] = [datasetOf("Person"), datasetOf("House")];

const everything = (): boolean => true;
/** Everything is shared, with everybody. */
export const view = {
  ...{ fingerprint: "everything", opened: everything, usable: everything, visible: everything, listable: everything },
  decision: (coordinate: Coordinate) => ({
    ...{ coordinate, shared: true, rows: "all", mask: "-" },
    rule: { file: "", line: 1, text: "" },
  }),
  conditions: () => null,
  relation: () => null,
  condition: () => -1,
} as unknown as AccessView;

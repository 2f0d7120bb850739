import { filterOperators, readCatalogue, type Catalogue, type ListAbilities } from "../../src/catalogue/index.js";
import { formatFault } from "../../src/terms/index.js";

const options = { file: "schema.graphql", sources: new Set(["families", "parking"]) };

/** The catalogue of an SDL that has no fault. */
export function read(sdl: string): Catalogue {
  const { catalogue, faults } = readCatalogue(sdl, options);
  if (catalogue === null) throw new Error(faults.map(formatFault).join("\n"));
  return catalogue;
}

/** The faults and warnings of an SDL, as people read them. */
export const faultsOf = (sdl: string): readonly string[] => readCatalogue(sdl, options).faults.map(formatFault);

export const fullAbilities: ListAbilities = {
  filter: new Set(filterOperators),
  order: true,
  count: true,
  backward: true,
};

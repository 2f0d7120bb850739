// What data exists: schema.graphql → datasets; the API schema derived from them.
export {
  filterOperators,
  scalarOf,
  type Catalogue,
  type Dataset,
  type DerivedField,
  type DerivedForm,
  type DatasetStatus,
  type Field,
  type FilterOperator,
  type Label,
  type Link,
  type ListAbilities,
  type Member,
  type SchemaView,
  type SourceColumn,
  type SubjectRef,
} from "./catalogue.js";
export { readCatalogue, type CatalogueRead, type ReadOptions } from "./read-catalogue.js";
export { apiRoots, deriveApiSchema, pruneApiSchema, type ApiRoot } from "./api-schema.js";
export { usualWeights } from "./read-cost.js";
export { bindingsOf } from "./bindings.js";
export { apiNames, defaultRoots, isFixedName, nodeRoot } from "./api-names.js";
export { apiScalars } from "./api-scalars.js";
export { operatorsOf } from "./api-inputs.js";
export type { PageSizes } from "./api-types.js";
export { dpvTermOf, isSpecialCategory } from "./personal-categories.js";
export { keyReader, type KeyRead } from "./subject-keys.js";

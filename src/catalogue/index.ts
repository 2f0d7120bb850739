// What data exists: schema.graphql → datasets; the API schema derived from them.
export {
  filterOperators,
  type Catalogue,
  type Dataset,
  type DatasetStatus,
  type Field,
  type FilterOperator,
  type Link,
  type ListAbilities,
  type SchemaView,
  type SourceColumn,
  type SubjectRef,
} from "./catalogue.js";
export { readCatalogue, type CatalogueRead, type ReadOptions } from "./read-catalogue.js";
export { isSpecialCategory, personalCategories } from "./personal-categories.js";

export { graphqlSource } from "./graphql-source.js";
export type { GraphqlDataset, GraphqlList, GraphqlSettings } from "./settings.js";
export { graphqlStructure } from "./structure.js";

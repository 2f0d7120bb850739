export { createGraphQLServer, type ExecutionRequest, type GraphQLServerOptions } from "./apollo-mount.js";
export { createWeb, type Health, type Web, type WebOptions, type WebTimes } from "./server.js";
export type { About } from "./landing-page.js";
export type { Report, WebEvent } from "./report.js";

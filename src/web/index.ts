export { createGraphQLServer, type ExecutionRequest, type GraphQLServerOptions } from "./apollo-mount.js";
export { createWeb, type Web, type WebOptions, type WebTimes } from "./server.js";
export { createMetrics, type Metrics } from "./metrics.js";
export { Sessions, type CitizenServices, type CitizenTown } from "./citizen/index.js";
export type { StaffServices } from "./staff/index.js";
export { createOperations, type Operations, type OperationsOptions } from "./operations-server.js";
export type { Health } from "./listening.js";
export type { About } from "./landing-page.js";
export type { Report, WebEvent } from "./report.js";

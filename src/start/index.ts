// Wires the rooms: what main starts, and what tests start in its place.
export { demoCurls, type DemoKeys } from "./demo-town.js";
export { startGateway, StartRefused, type RunningGateway, type StartOptions } from "./start-gateway.js";

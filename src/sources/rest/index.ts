export { restSource } from "./rest-source.js";
export type { RestSettings } from "./settings.js";

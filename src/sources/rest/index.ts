export { restSource } from "./rest-source.js";
export type { RestSettings } from "./settings.js";
export { openApiStructure, restStructure } from "./structure.js";

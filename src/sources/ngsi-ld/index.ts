export { ngsiLdSource } from "./ngsi-ld-source.js";
export type { NgsiLdSettings } from "./settings.js";
export { ngsiLdStructure } from "./structure.js";

export { filesSource } from "./files-source.js";
export type { FileFormat, FileSettings, FilesSettings } from "./settings.js";
export { filesStructure } from "./structure.js";

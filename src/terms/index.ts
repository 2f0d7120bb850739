export * from "./names.js";
export * from "./values.js";
export * from "./people.js";
export * from "./geometry.js";
export * from "./file-fault.js";
export * from "./answer-errors.js";
export * from "./day.js";

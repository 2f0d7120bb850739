export type { DemoAgreement } from "./agreement-form.js";
export { demoAgreements } from "./agreements.js";
export { buildRivemont, type Rivemont, type RivemontOptions } from "./build-rivemont.js";
export { type DemoQuery, demoQueries } from "./queries.js";
export {
  DemoProgramFailed,
  type DemoPrograms,
  type DemoServiceName,
  demoServiceNames,
  startDemoPrograms,
} from "./programs.js";

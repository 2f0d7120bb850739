export type { DemoAgreement } from "./agreement-form.js";
export { demoAgreements } from "./agreements.js";
export { buildRivemont, type Rivemont, type RivemontOptions } from "./build-rivemont.js";
export { type DemoAnswer, demoFamilies } from "./families.js";
export { type DemoQuery, demoQueries } from "./queries.js";
export { demoIssuer } from "./programs.js";
export {
  DemoProgramFailed,
  type DemoPrograms,
  type DemoServiceName,
  demoServiceNames,
  startDemoPrograms,
} from "./programs.js";
export { demoCitizenToken, NoCitizenToken } from "./citizen-token.js";

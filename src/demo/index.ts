export { type DemoAgreement, demoAgreements, type DemoQuery, demoQueries } from "./agreements.js";
export { buildRivemont, type Rivemont, type RivemontOptions } from "./build-rivemont.js";
export {
  DemoProgramFailed,
  type DemoPrograms,
  type DemoServiceName,
  demoServiceNames,
  startDemoPrograms,
} from "./programs.js";

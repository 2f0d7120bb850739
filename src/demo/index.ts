export { type DemoAgreement, demoAgreements, type DemoQuery, demoQueries } from "./agreements.js";
export { buildRivemont, type Rivemont, type RivemontOptions } from "./build-rivemont.js";
export { type ParkingService, startParking } from "./parking-service.js";

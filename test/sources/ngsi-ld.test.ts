import { sourceConformance } from "./conformance.js";
import { ngsiLdService } from "./ngsi-ld-service.js";

sourceConformance("ngsi-ld", ngsiLdService("normalized"), 40);
sourceConformance("ngsi-ld, keyValues", ngsiLdService("keyValues"), 20);

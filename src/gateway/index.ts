export type { GraphQLParameters, GraphQLServer, IncomingRequest, OutgoingAnswer, RequestLimits } from "./request.js";
export { createAdmission, Overloaded, type Admission, type AdmissionStats, type Leave } from "./admission.js";
export { createRate, type Rate, type RateVerdict } from "./rate.js";
export { chooseMediaType, type AnswerMediaType } from "./media-type.js";
export { isRequestFault, readParameters, type RequestFault } from "./read-parameters.js";

// Answers one operation: plan, fetch, withhold, shape, record.
export type { GraphQLParameters, GraphQLServer, IncomingRequest, OutgoingAnswer, RequestLimits } from "./request.js";
export { accessViewOf, type AccessView } from "./access-view.js";
export { createAdmission, type Admission, type AdmissionStats, type Leave } from "./admission.js";
export { answer } from "./answer.js";
export type { GatewayServices } from "./gateway-services.js";
export { CitizenRefused, citizenOfRequest, type CitizenOfRequest } from "./citizen-of-request.js";
export { bindSchemes, type GuardianSettings, type SchemeSettings } from "./citizen-schemes.js";
export { createPeopleFinder, NotLookedFor, type PeopleFinder, type RegisterKey } from "./find-people.js";
export { createCitizens, NotIdentified, type Citizens } from "./identify-citizen.js";
export { createCostBuckets, type CostBuckets, type CostBudget } from "./cost-buckets.js";
export { watchedLog, type AppendWatch } from "./append-watch.js";
export { CurrentVersions, NothingInForce, type Current, type CurrentOptions, type CurrentVersion } from "./current.js";
export { createDurations, type Durations } from "./durations.js";
export { executeOperation, type OperationContext } from "./execute.js";
export { erasureOf, type Erasure } from "./erasures.js";
export { faultAnswer, type FaultDetails } from "./fault-answer.js";
export { chooseMediaType, type AnswerMediaType } from "./media-type.js";
export { sourceGate } from "./gated-source.js";
export { createRate, type Rate, type RateVerdict } from "./rate.js";
export { isRequestFault, readParameters, type RequestFault } from "./read-parameters.js";
export { proveEntry } from "./prove-entry.js";
export { createOutages, type Outages } from "./outages.js";
export { requestEnds, type RequestEnd, type RequestEndKind } from "./request-end.js";
export type { RequestTrace } from "./request-trace.js";
export { strippedFaults } from "./stripped-operation.js";
export { answerBody, type WrittenData } from "./written-data.js";
export { createShadow, type Shadow } from "./shadow.js";
export {
  statusForm,
  type AccessLogStatus,
  type GatewayStatus,
  type Outage,
  type RecordStatus,
  type RoomStatus,
  type SourceStatus,
  type TenantStatus,
} from "./status.js";

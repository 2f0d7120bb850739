// The citizen's pages: what the server mounts, and what it is to be given for them.
export { mountCitizens } from "./mount.js";
export type { CitizenServices, CitizenTown } from "./services.js";
export { Sessions } from "./sessions.js";

// The console's server side: what the server mounts, and what it is to be given for it.
export { mountStaff } from "./mount.js";
export type { StaffServices } from "./services.js";

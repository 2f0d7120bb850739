// The `passerelle` command. `run.ts` is what runs; here stands what others may use of it.
export { openTown, TownRefused, type Town, type TownOptions } from "./open-town.js";
export { savedChanges } from "./saved-changes.js";
export { leaveNote, townMark } from "./running-gateway.js";
export { packageVersion } from "./version.js";
export { demoSignInNote } from "./demo-command.js";
export { citizenFaults } from "./citizen-faults.js";
export { consoleNote, linkAddress } from "./console-command.js";
export { datedLogKeys, logKeys } from "./town-log.js";
export { retentionTerms } from "./log-retention.js";

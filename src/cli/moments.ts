// Moments in the town's own time: the same reading as that of a search line.
export { localDay, localTime, parseMoment } from "../terms/index.js";

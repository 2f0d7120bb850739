// The store's second door, for who needs a pool and no more.
export { poolSettings, staffBounds, type TimeBounds } from "./bounded-pool.js";

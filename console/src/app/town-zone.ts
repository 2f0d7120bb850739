import { createContext, use } from "react";

/** The time zone that moments are told in: the town's. Before a town is known, that of France. */
export const TownZone = createContext("Europe/Paris");
export const useTownZone = (): string => use(TownZone);

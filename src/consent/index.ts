// Whose rows may leave: what people have decided, for each agreement and unit.
export type { AskedAgreement, ConsentReader, PeopleSet } from "./people-set.js";

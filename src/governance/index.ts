// What the town's people read of their gateway: what is unusual, what is used, the register, and papers made of them.
export { declaredAndUsed, type DeclaredAndUsed, type FieldCount, type UsedField } from "./declared-and-used.js";
export { proposeRemoval, type Proposal } from "./policy-proposal.js";
export { processingRegister, type PersonalCategory, type ProcessingActivity } from "./processing-register.js";
export type { Language, Text } from "./text.js";
export { officerOf, type TownFacts } from "./town-facts.js";
export { unusualOn, unusualRules, type DayOfAgreement, type FirstUse, type UnusualThing } from "./unusual.js";

// Every property test draws from one seed, so that the same sources pass or fail the same way on every machine. It stands
// in vitest.config.ts and is changed now and then; `PROPERTY_SEED=$RANDOM npm run test:long` draws others.
import fc from "fast-check";

export const propertySeed = Number(process.env["PROPERTY_SEED"]);

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: propertySeed });

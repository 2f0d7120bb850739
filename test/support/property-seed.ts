// Every property test draws from one seed, that of what is committed under src and test: the same sources pass or fail
// the same way on every machine, and each change of them draws anew. `PROPERTY_SEED=… npm test` draws the same again, or others.
import fc from "fast-check";

export const propertySeed = Number(process.env["PROPERTY_SEED"]);

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: propertySeed });

// The gateway's look into the registers, as the console asks for it: what fails is told as a fault, never thrown.
import { NotLookedFor, type PeopleFinder as Registers } from "../gateway/index.js";
import type { PeopleFinder } from "../governance/index.js";
import { SourceFailure } from "../sources/index.js";

export const consolePeopleFinder = (registers: Registers, report: (line: string) => void): PeopleFinder => ({
  registers: (tenant) => registers.registers(tenant),
  find: async (tenant, register, by) => {
    try {
      return await registers.find(tenant, register, by);
    } catch (error) {
      if (error instanceof NotLookedFor) return { fault: error.reason };
      if (!(error instanceof SourceFailure)) throw error;
      report(`${tenant}: a person could not be looked up: ${error.message}`);
      return { fault: "unavailable" };
    }
  },
});

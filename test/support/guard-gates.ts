// Gates by which a test hides any rows it likes, whoever they are about: what holds of hidden rows must not depend on why
// they are hidden.
import type { Dataset } from "../../src/catalogue/index.js";
import type { Gate, Gates } from "../../src/gateway/row-gate.js";
import type { Guard } from "../../src/sources/index.js";

export function guardGates(guard: (dataset: Pick<Dataset, "name" | "from">) => Guard | null): Gates {
  return {
    of: (dataset): Gate | null => {
      const found = guard(dataset);
      if (found === null) return null;
      return {
        guard: () => found,
        pushDown: () => ({ filter: null, exact: false, walk: null }),
        openCells: () => Promise.resolve({ isOpen: () => true }),
      };
    },
  };
}

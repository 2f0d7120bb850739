// What every service that is reached over a network may be given in gateway.yaml: how it is treated when it fails, and how
// fast it is asked. What it means stands in src/sources/resilience-settings.ts.
import * as z from "zod";
import { count } from "./shapes.js";

export const resilience = {
  retries: count("Times that a read is tried again when the failure may be over in a moment.", 2, 5, 0),
  breaker: z
    .strictObject({
      failures: count("Failures in a row after which the service is left alone.", 5, 1_000),
      openMs: count(
        "Milliseconds until it is tried again; each failed trial doubles them, up to six times.",
        10_000,
        600_000,
      ),
    })
    .prefault({})
    .describe("When a service that goes on failing is left alone."),
  callsPerSecond: z
    .number()
    .min(0.1)
    .max(10_000)
    .optional()
    .describe("Requests (for a database: statements) sent in one second, at most, whoever asks. Default: no bound."),
};

export const httpResilience = {
  ...resilience,
  concurrency: count("Requests to the service at once, whoever asks.", 8, 100),
};

// What every service that is reached over a network may be given in gateway.yaml: how it is treated when it fails, and how
// fast it is asked. What it means stands in src/sources/resilience-settings.ts.
import * as z from "zod";
import { count } from "./shapes.js";

const hourMs = 3_600_000;
/** Longer than a week would be an archive, not a help while a service is away. */
const mostMs = 7 * 24 * hourMs;
const durationPattern = /^P(?=\d|T\d)(?:(\d{1,3})D)?(?:T(?=\d)(?:(\d{1,3})H)?(?:(\d{1,5})M)?)?$/;

/** Null where it is none of ours. */
function milliseconds(duration: string): number | null {
  const match = durationPattern.exec(duration);
  if (match === null) return null;
  const [, days = "0", hours = "0", minutes = "0"] = match;
  return (Number(days) * 24 + Number(hours)) * hourMs + Number(minutes) * 60_000;
}

const staleFor = z
  .string()
  .superRefine((written, issues) => {
    const ms = milliseconds(written);
    if (ms === null || ms <= 0)
      issues.addIssue({ code: "custom", message: "must be a duration like PT30M, PT1H or P1D" });
    else if (ms > mostMs) issues.addIssue({ code: "custom", message: "must be at most P7D" });
  })
  .transform((written) => milliseconds(written) ?? 0)
  .optional()
  .describe(
    "While the service fails, answers that are at most so old (PT1H) are given again, and said to be stale: of open datasets only. Default: none.",
  );

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
  staleFor,
};

export const httpResilience = {
  ...resilience,
  concurrency: count("Requests to the service at once, whoever asks.", 8, 100),
};

// How long a town keeps what proves what it did.
import * as z from "zod";
import { alwaysWhen, isRecord, text } from "./shapes.js";

export interface RetentionSettings {
  /** Whole years as an ISO 8601 duration, counted from the day a decision ended. */
  readonly consentProofs: string;
  /** Months that the content of the access log's entries is kept: 6 to 12, with a reason up to 36. */
  readonly accessLogMonths: number;
  /** Why more than twelve; null: it is not more. */
  readonly accessLogReason: string | null;
}

/** CNIL, délibération 2021-122 of 14 October 2021 (journalisation): six months to a year; longer for a reason, up to three years. */
const mostWithoutReason = 12;
const durations = /^P([6-9]|[12][0-9]|3[0-6])M$|^P[123]Y$/;

const monthsOf = (duration: string): number => {
  const [, number = "", unit] = /^P([1-9]\d?)([MY])$/.exec(duration) ?? [];
  return Number(number) * (unit === "Y" ? 12 : 1);
};

export const retention = z
  .strictObject({
    accessLog: z
      .string()
      .regex(durations, {
        error: "must be whole months or years: P6M to P12M, or up to P3Y with accessLogReason",
      })
      .default("P12M")
      .describe(
        "How long entries of the access log keep their content: P6M to P12M; up to P3Y with accessLogReason. Default: P12M. The CNIL recommends six months to a year (délibération 2021-122).",
      ),
    accessLogReason: text(
      "Why entries are kept for longer than twelve months, in a sentence: it stands in the written policy.",
    )
      .max(500)
      .optional(),
    consentProofs: z
      .string()
      .regex(/^P([1-9]|[1-4][0-9])Y$/, { error: "must be whole years, such as P5Y" })
      .default("P5Y")
      .describe(
        "How long what somebody decided is kept as proof after it ended: whole years. Default: P5Y, for a claim lapses after five (Code civil, art. 2224).",
      ),
  })
  .superRefine(({ accessLog, accessLogReason }, issues) => {
    const months = typeof accessLog === "string" && durations.test(accessLog) ? monthsOf(accessLog) : 0;
    if (months <= mostWithoutReason || accessLogReason !== undefined) return;
    const message = "more than twelve months needs its reason: write accessLogReason beside it";
    issues.addIssue({ code: "custom", path: ["accessLog"], message });
  }, alwaysWhen(isRecord));

export const retentionSettings = (written: z.output<typeof retention>): RetentionSettings => ({
  consentProofs: written.consentProofs,
  accessLogMonths: monthsOf(written.accessLog),
  accessLogReason: written.accessLogReason ?? null,
});

// `telemetry:` of gateway.yaml: where traces go.
import * as z from "zod";
import { count, environmentValue, resolvedText, type AddressContext } from "./shapes.js";

/** Null in Settings: no trace is made. */
export interface TelemetrySettings {
  /** The collector's address for traces (OTLP over HTTP). */
  readonly url: string;
  readonly share: number;
  readonly perMinute: number;
}

export const telemetry = (context: AddressContext) =>
  z.strictObject({
    otlp: resolvedText(context.env, (written) => {
      const variable = environmentValue(written, context.env);
      if (variable !== null && "fault" in variable) return variable.fault;
      const url = URL.parse(variable?.value ?? written);
      return url !== null && ["http:", "https:"].includes(url.protocol)
        ? null
        : "must be an http:// or https:// address";
    }).describe(
      "The collector, OTLP over HTTP: http://127.0.0.1:4318, or env:NAME. Without `telemetry` no trace is made.",
    ),
    share: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe("The part of requests that are traced where their application does not say. Default: 0.1."),
    perMinute: count("Traces of a minute at most, whatever applications say.", 600, 60_000),
  });

/** An address without a path is that of a collector: traces have their own place there. */
export const telemetrySettings = (
  written: z.output<ReturnType<typeof telemetry>> | undefined,
): TelemetrySettings | null => {
  if (written === undefined) return null;
  const url = new URL(written.otlp);
  if (url.pathname === "/") url.pathname = "/v1/traces";
  return { url: url.href, share: written.share, perMinute: written.perMinute };
};

import { packageVersion, type Town } from "../cli/index.js";
import type { GatewayServices } from "../gateway/index.js";
import type { Closing } from "./closing.js";

/** OpenTelemetry is loaded where gateway.yaml asks for traces, and nowhere else. */
export async function tracing({ settings }: Town, closing: Closing): Promise<Pick<GatewayServices, "traced">> {
  if (settings.telemetry === null) return {};
  const { openTraces } = await import("./traces.js");
  const traces = openTraces({ ...settings.telemetry, version: packageVersion() });
  closing.add(() => traces.close());
  return { traced: (request) => traces.add(request) };
}

/** These two alone, of whatever holds them. */
export const partsOf = ({
  consent,
  traced,
}: Pick<GatewayServices, "consent" | "traced">): Pick<GatewayServices, "consent" | "traced"> => ({
  consent,
  ...(traced && { traced }),
});

// The access log as a gateway needs it: known to take entries before anybody is listened to, watched, and tended.
import type { AccessLog, AccessLogWriter } from "../accesslog/index.js";
import type { Town } from "../cli/index.js";
import type { Closing } from "./closing.js";
import type { GatewayWatch } from "./gateway-watch.js";
import { LogLiveness } from "./log-liveness.js";
import { openRetentionJob } from "./retention.js";

export interface OpenedLog {
  readonly log: AccessLog;
  /** The same, as answers go to it. */
  readonly watched: AccessLogWriter;
  /** Whether it can be written now. */
  readonly live: () => Promise<boolean>;
}

/** @throws StoreError where it cannot be written: then the gateway does not start */
export async function openLog(
  town: Town,
  watch: GatewayWatch,
  report: (line: string) => void,
  closing: Closing,
): Promise<OpenedLog> {
  const log = await town.openLog({ showEveryMs: 2_000 });
  closing.add(() => log.close());
  const watched = watch.watchLog(log);
  const liveness = new LogLiveness({
    log,
    tenants: [...town.settings.tenants.keys()],
    status: () => watch.logStatus(),
  });
  await liveness.begin();
  const live = (): Promise<boolean> => liveness.ok();
  watch.watchRecord(log, live);
  openRetentionJob({ town, log, report }, closing);
  return { log, watched, live };
}

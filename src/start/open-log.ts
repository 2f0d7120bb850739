// The access log as a gateway needs it: open for every answer, and tended.
import type { AccessLog } from "../accesslog/index.js";
import type { Town } from "../cli/index.js";
import type { Closing } from "./closing.js";
import { openRetentionJob } from "./retention.js";

export async function openLog(town: Town, report: (line: string) => void, closing: Closing): Promise<AccessLog> {
  const log = await town.openLog({ showEveryMs: 2_000 });
  closing.add(() => log.close());
  openRetentionJob({ town, log, report }, closing);
  return log;
}

// The messages to applications: which objects, in whose ids, signed with what.
import { NoticeOutbox, WebhookSender, type ErasureNotice } from "../consent/index.js";
import type { Town } from "../cli/index.js";
import { erasureOf, NothingInForce, type CurrentVersions } from "../gateway/index.js";
import { subjectTokensWith, webhookSecretsWith } from "../identity/index.js";
import type { Closing } from "./closing.js";
import type { TownSources } from "./open-sources.js";

const lookEveryMs = 2_000;
const postMs = 10_000;
/** For the services to say which rows are about one person. */
const askMs = 20_000;
const maxRows = 10_000;

interface WebhookParts {
  readonly town: Town;
  readonly sources: TownSources;
  readonly versions: CurrentVersions;
  readonly report: (line: string) => void;
}

export function openWebhooks(parts: WebhookParts, closing: Closing): void {
  const { town, report } = parts;
  const sender = new WebhookSender({
    outbox: new NoticeOutbox(town.store.gateway, webhookSecretsWith(town.derived)),
    message: (notice) => messageOf(notice, parts),
    loopbackAllowed: town.settings.mode === "development",
    timeoutMs: postMs,
    everyMs: lookEveryMs,
    now: () => new Date(),
    report,
  }).start();
  closing.add(() => sender.close());
}

/** Null where the agreement or the person cannot be made out any more: nobody could act on such a message. */
async function messageOf(notice: ErasureNotice, { town, sources, versions }: WebhookParts): Promise<string | null> {
  const { tenant, scheme, token, units } = notice;
  const agreement = await town.identity.agreement(tenant, notice.agreement);
  const [key = null] = subjectTokensWith(town.derived).open(tenant, scheme, [token]);
  if (agreement === null || key === null) return null;
  const { catalogue } = (await currentOf(versions, notice)).policy;
  const erasure = await erasureOf(
    { agreement, catalogue, person: { scheme, key }, units },
    {
      sources: sources.get(tenant) ?? new Map(),
      derived: town.derived,
      bounds: { signal: AbortSignal.timeout(askMs), maxRows },
    },
  );
  return JSON.stringify({
    type: "data.erase",
    timestamp: notice.at.toISOString(),
    data: { tenant, agreement: agreement.ref, ...erasure },
  });
}

async function currentOf(versions: CurrentVersions, { tenant }: ErasureNotice): ReturnType<CurrentVersions["current"]> {
  try {
    return await versions.current(tenant);
  } catch (error) {
    // Without a version there is no map of the data: told later.
    throw error instanceof NothingInForce ? new Error("nothing in force") : error;
  }
}

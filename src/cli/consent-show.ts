// `passerelle consent show`: one decision, what was shown, and what came after it.
import type { Command } from "commander";
import type { ConsentEvent } from "../consent/index.js";
import { subjectTokensWith } from "../identity/index.js";
import { recordSources } from "./consent-sources.js";
import { eventStory } from "./consent-words.js";
import { refuse } from "./failure.js";
import { localTime } from "./moments.js";
import { tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";

export function addConsentShow(consent: Command, context: CommandContext): void {
  consent
    .command("show <id>")
    .description("one decision: who, on what, with which text before their eyes, and what came after it")
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle consent show 7f1c5c44-5b0e-4a43-9a5d-0d6a0b1f8f10")
    .action((id: string, options: TenantOption) => inTown(context, options.tenant, (session) => show(session, id)));
}

async function show(session: Session, id: string): Promise<void> {
  const { terminal, town, tenant } = session;
  const event = await recordedEvent(session, "consent show", id);
  const { refOf } = await recordSources(session);
  const text = event.shown === null ? null : await town.consents.text(tenant.name, event.shown.textVersion);
  for (const line of eventStory(event, refOf(event), text, tenant.timeZone)) terminal.out(line);
  const later = await laterThan(session, event);
  for (const { at, decision, id: other } of later)
    terminal.out(`Since then: ${decision} on ${localTime(at, tenant.timeZone)} (${other})`, "dim");
  terminal.out(
    event.decision === "objected" && later.every(({ refersTo }) => refersTo !== event.id)
      ? `To answer it: npx passerelle consent settle ${event.id} --uphold|--reject --reason "…" --by EMAIL`
      : `A receipt of it: npx passerelle consent receipt ${event.id}`,
    "dim",
  );
}

/** Reads it and puts on record whose it is, before anything of it is shown. @throws CommandFailure */
export async function recordedEvent(session: Session, command: string, id: string): Promise<ConsentEvent> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
    throw refuse("A decision is named by its id (a UUID), as `npx passerelle consent list` shows it.");
  const { town, tenant } = session;
  const event = await town.consents.event(tenant.name, id.toLowerCase());
  const whose = event === null ? [] : [{ scheme: event.scheme, token: event.token }];
  await session.record(command, { event: id.toLowerCase() }, whose);
  if (event === null) throw refuse(`The record of consent of ${tenant.name} has no decision ${id}.`);
  return event;
}

/** What the same person decided under the same agreement after it, and the town's answers. */
export async function laterThan({ town, tenant }: Session, event: ConsentEvent): Promise<ConsentEvent[]> {
  const [key] = subjectTokensWith(town.derived).open(tenant.name, event.scheme, [event.token]);
  if (key == null) return [];
  const events = await town.consents.eventsOf(tenant.name, event.scheme, key);
  const at = events.findIndex(({ id }) => id === event.id);
  return events.slice(at + 1).filter(({ agreement }) => agreement === event.agreement);
}

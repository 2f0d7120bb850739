// `passerelle webhook`: where an application is told what to erase, and whether it has acknowledged it.
import { randomBytes, randomUUID } from "node:crypto";
import type { Command } from "commander";
import {
  AddressRefused,
  judgeAddress,
  postWebhook,
  WebhookRegistry,
  type AddressRefusal,
  type NoticeView,
} from "../consent/index.js";
import { webhookSecretsWith } from "../identity/index.js";
import { couldNot, refuse } from "./failure.js";
import { localTime } from "./moments.js";
import { asName, tenantOption, type TenantOption, wholeNumber } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { tableLines } from "./table.js";

interface SetOptions extends TenantOption {
  readonly url: string;
  readonly by: string;
}

interface MessagesOptions extends TenantOption {
  readonly agreement?: string;
  readonly waiting?: boolean;
  readonly limit: number;
}

export function addWebhookCommand(program: Command, context: CommandContext): void {
  const webhook = program
    .command("webhook")
    .description("where applications are told what to erase: set, list, remove, messages");
  webhook
    .command("set <ref>")
    .description("tell an agreement's application at this address; the secret to check our messages with is shown once")
    .requiredOption("--url <address>", "https, leading to public addresses only")
    .requiredOption("--by <email>", "who registers it: one of the people in gateway.yaml")
    .option(...tenantOption)
    .addHelpText("after", setHelp)
    .action((ref: string, options: SetOptions) =>
      inTown(context, options.tenant, (session) => set(session, ref, options)),
    );
  webhook
    .command("list")
    .description("the addresses in use")
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle webhook list")
    .action((options: TenantOption) => inTown(context, options.tenant, list));
  webhook
    .command("remove <ref>")
    .description("tell an application no more; what waits is kept for the next address")
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle webhook remove repas-malin/meal-advice")
    .action((ref: string, options: TenantOption) => inTown(context, options.tenant, (session) => remove(session, ref)));
  webhook
    .command("messages")
    .description("what applications were told, and what they have not acknowledged")
    .option("--agreement <ref>", "of one agreement")
    .option("--waiting", "only what is not acknowledged yet")
    .option("--limit <number>", "the newest ones", wholeNumber(1, 1_000), 50)
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle webhook messages --waiting")
    .action((options: MessagesOptions) => inTown(context, options.tenant, (session) => messages(session, options)));
}

const setHelp = `
Example:
  $ npx passerelle webhook set repas-malin/meal-advice --url https://repas-malin.example/passerelle \\
      --by informatique@rivemont.example

A signed test message is sent first; an address that does not acknowledge it (HTTP 200 to 299) is not registered.
How to check a signature, and what the messages hold: docs/webhooks.md.`;

const registryOf = ({ town }: Session): WebhookRegistry =>
  new WebhookRegistry(town.store.keeper, webhookSecretsWith(town.derived));

async function set(session: Session, ref: string, { url, by }: SetOptions): Promise<void> {
  const { context, terminal, town, tenant } = session;
  const person = tenant.people.find(({ email }) => email.toLowerCase() === by.trim().toLowerCase());
  if (person === undefined)
    throw refuse("--by is not listed under people in gateway.yaml: give that person's address.");
  await session.record("webhook set", { agreement: asName(ref) });
  const agreement = await town.registry.showAgreement(tenant.name, ref);
  const rules = { loopbackAllowed: town.settings.mode === "development" };
  await judged(url, rules);
  const secret = randomBytes(32);
  const test = { type: "test", timestamp: context.now().toISOString(), data: { tenant: tenant.name, agreement: ref } };
  const { acknowledged, result } = await postWebhook(
    { id: randomUUID(), url, secret, body: JSON.stringify(test) },
    { ...rules, timeoutMs: 10_000, now: context.now },
  );
  if (!acknowledged)
    throw couldNot(
      `The address does not acknowledge our test message (${result}), so it was not registered. ` +
        "It must answer a POST with a status from 200 to 299 within 10 seconds, without a redirect.",
    );
  await registryOf(session).set({
    tenant: tenant.name,
    agreement: agreement.id,
    url,
    secret,
    by: person.email,
    at: context.now(),
  });
  terminal.out(`${agreement.ref} is told at ${url} from now on. The secret, shown this once:`);
  terminal.out(`\n  whsec_${secret.toString("base64")}\n`, "bold");
  terminal.out("Give it to the builder by a safe way. To change it, set the address again.");
}

async function judged(url: string, rules: { readonly loopbackAllowed: boolean }): Promise<void> {
  try {
    await judgeAddress(url, rules);
  } catch (error) {
    if (error instanceof AddressRefused) throw refuse(`${addressWords[error.reason]}`);
    throw error;
  }
}

const addressWords: Readonly<Record<AddressRefusal, string>> = {
  "not-an-address": "--url takes an address such as https://app.example/passerelle, without a name, password or #.",
  "not-https": "--url must begin with https://: the messages name people's objects.",
  "not-public":
    "--url leads to an address that is not public. Messages go to the Internet only, so that nobody reaches the town's own network by them.",
  "not-found": "--url names a host that cannot be found: check its spelling.",
};

async function list(session: Session): Promise<void> {
  const { terminal, tenant } = session;
  await session.record("webhook list");
  const found = await registryOf(session).list(tenant.name);
  if (found.length === 0) {
    terminal.out(
      "No application is told. Register an address with: npx passerelle webhook set APPLICATION/PURPOSE --url …",
    );
    return;
  }
  const refs = await refsOf(session);
  const rows = found.map(({ agreement, url, madeAt, madeBy }) => [
    refs.get(agreement) ?? agreement,
    url,
    localTime(madeAt, tenant.timeZone).slice(0, 16),
    madeBy,
  ]);
  const columns = [{ title: "agreement" }, { title: "address" }, { title: "since" }, { title: "by" }];
  tableLines(columns, rows).forEach((line, at) => terminal.out(line, at === 0 ? "bold" : "plain"));
}

async function remove(session: Session, ref: string): Promise<void> {
  const { context, terminal, town, tenant } = session;
  await session.record("webhook remove", { agreement: asName(ref) });
  const { id } = await town.registry.showAgreement(tenant.name, ref);
  if (!(await registryOf(session).remove(tenant.name, id, context.now())))
    throw refuse(`${ref} has no address in use. Those there are: npx passerelle webhook list`);
  terminal.out(`${ref} is told no more. What waits is kept, and sent to the next address that is set.`);
}

async function messages(session: Session, { agreement, waiting, limit }: MessagesOptions): Promise<void> {
  const { terminal, town, tenant } = session;
  await session.record("webhook messages", agreement === undefined ? {} : { agreement: asName(agreement) });
  const one = agreement === undefined ? undefined : (await town.registry.showAgreement(tenant.name, agreement)).id;
  const found = await registryOf(session).notices(tenant.name, {
    ...(one === undefined ? {} : { agreement: one }),
    unacknowledged: waiting === true,
    limit,
  });
  if (found.length === 0) {
    terminal.out(waiting === true ? "Nothing waits: every message is acknowledged." : "No message yet.");
    return;
  }
  const refs = await refsOf(session);
  const told = new Set((await registryOf(session).list(tenant.name)).map((webhook) => webhook.agreement));
  const time = (at: Date): string => localTime(at, tenant.timeZone).slice(0, 16);
  const rows = found.map((notice) => [
    time(notice.at),
    refs.get(notice.agreement) ?? notice.agreement,
    notice.units.join(" "),
    String(notice.attempts),
    stateOf(notice, told.has(notice.agreement), time),
  ]);
  const columns = [
    { title: "shut" },
    { title: "agreement" },
    { title: "what", max: 40 },
    { title: "tries", align: "right" as const },
    { title: "state" },
  ];
  tableLines(columns, rows).forEach((line, at) => terminal.out(line, at === 0 ? "bold" : "plain"));
}

function stateOf(notice: NoticeView, told: boolean, time: (at: Date) => string): string {
  if (notice.acknowledgedAt !== null) return `acknowledged ${time(notice.acknowledgedAt)}`;
  if (!told) return "not sent: no address is registered";
  if (notice.lastResult === null) return "about to be sent";
  return `not acknowledged (${notice.lastResult}), again ${time(notice.nextAt)}`;
}

async function refsOf({ town, tenant }: Session): Promise<ReadonlyMap<string, string>> {
  return new Map((await town.registry.listAgreements(tenant.name)).map(({ id, ref }) => [id, ref]));
}

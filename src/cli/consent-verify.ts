// `passerelle consent verify`: what a receipt says, and whether the town said it. With --keys no database is needed, nor a
// town folder: whoever holds a receipt can check it.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { checkReceipt, type CheckedReceipt, type Receipt } from "../consent/index.js";
import { receiptJwks, receiptKeys } from "../identity/index.js";
import { laterThan } from "./consent-show.js";
import { couldNot, refuse } from "./failure.js";
import { localTime } from "./moments.js";
import { tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { labelled } from "./table.js";
import type { Terminal } from "./terminal.js";

interface VerifyOptions extends TenantOption {
  readonly keys?: string;
}

type Jwks = Parameters<typeof checkReceipt>[1];

export function addConsentVerify(consent: Command, context: CommandContext): void {
  consent
    .command("verify <file>")
    .description("check a receipt: what was decided, for what, when, and whether the town's signature is good")
    .option("--keys <jwks>", "the town's public keys, from `keyfile receipts --jwks`: nothing else is read then")
    .option(...tenantOption)
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx passerelle consent verify receipt.jws\n" +
        "  $ npx passerelle consent verify receipt.jws --keys receipt-keys.json\n\n" +
        "Without --keys the town's own keys are taken, and the record is asked whether the decision still is the last one.",
    )
    .action((file: string, options: VerifyOptions) => verify(context, file, options));
}

async function verify(context: CommandContext, file: string, options: VerifyOptions): Promise<void> {
  const text = readText(context.folder, file);
  if (options.keys !== undefined) {
    const keys = readKeys(readText(context.folder, options.keys), options.keys);
    tell(await checkReceipt(text, keys), keys, context.terminal, "UTC");
    return;
  }
  await inTown(context, options.tenant, async (session) => {
    const { town, tenant, terminal } = session;
    const keys = [...receiptJwks(receiptKeys(town.secrets, tenant.name)).keys] as Jwks;
    const checked = await checkReceipt(text, keys);
    const id = checked.good ? (checked.receipt["dpv:hasRecordOfActivity"][0]?.["dpv:hasIdentifier"] ?? null) : null;
    const event = id === null ? null : await town.consents.event(tenant.name, id);
    const whose = event === null ? [] : [{ scheme: event.scheme, token: event.token }];
    await session.record("consent verify", { result: checked.good ? "good" : checked.why }, whose);
    tell(checked, keys, terminal, tenant.timeZone);
    if (event === null) terminal.out("The record of this town does not hold the decision any more.", "yellow");
    else await tellSince(session, event);
  });
}

async function tellSince(session: Session, event: Parameters<typeof laterThan>[1]): Promise<void> {
  const { terminal, tenant } = session;
  const later = await laterThan(session, event);
  terminal.out(
    later.length === 0
      ? "It is on record, and nothing was decided since by this person under this agreement."
      : "It is on record. Since then, by this person under this agreement:",
  );
  for (const { decision, at, id } of later) terminal.out(`  ${decision} on ${localTime(at, tenant.timeZone)} (${id})`);
}

/** A receipt has some 5 kB, a key set less: what is larger is neither. */
const maxFile = 1_000_000;

function readText(folder: string, file: string): string {
  try {
    const bytes = readFileSync(resolve(folder, file));
    if (bytes.length <= maxFile) return bytes.toString("utf8");
  } catch {
    throw refuse(`${file} cannot be read: check its name.`);
  }
  throw refuse(`${file} is larger than a receipt or a set of keys can be.`);
}

function readKeys(text: string, file: string): Jwks {
  const wrong = refuse(`${file} is no set of keys (JWKS). Ask the town for the one of its receipts.`);
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw wrong;
  }
  if (typeof read !== "object" || read === null || !("keys" in read) || !Array.isArray(read.keys)) throw wrong;
  const keys: readonly unknown[] = read.keys;
  return keys.filter((key): key is Jwks[number] => typeof key === "object" && key !== null && !Array.isArray(key));
}

/** @throws CommandFailure for a receipt that is not good: the exit code says it too */
function tell(checked: CheckedReceipt, keys: Jwks, terminal: Terminal, timeZone: string): void {
  if (!checked.good) throw couldNot(notGood(checked, keys));
  const { receipt, key, older } = checked;
  const { created } = key as { readonly created?: unknown };
  const made = typeof created === "string" ? `, made ${created}` : "";
  const town = receipt["dpv:hasDataController"]["dpv:hasName"];
  terminal.out(`The signature is good: ${town} signed it with the key ${key.kid ?? ""}${made}.`, "green");
  if (older) terminal.out("The town signs with a newer key since. What the older one signed remains valid.");
  for (const line of labelled(receiptRows(receipt, timeZone))) terminal.out(line);
}

function notGood(checked: CheckedReceipt & { readonly good: false }, keys: Jwks): string {
  const named = checked.named ?? "";
  if (checked.why === "not-a-receipt")
    return "This is no receipt: a receipt is a file of one long line, as it was downloaded.";
  if (checked.why === "tampered")
    return `The signature is NOT good: the receipt names the key ${named}, and that key did not sign this text. It was altered, or made up.`;
  const known = keys.flatMap(({ kid }) => kid ?? []).join(", ");
  return (
    `Whether it is good cannot be said: it was signed with the key ${named}, which is not among those known (${known || "none"}). ` +
    "Take the newest set of keys of the town that gave the receipt."
  );
}

const termWord = (term: string): string =>
  (term.split(":").pop() ?? term).replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();

/** What stands in it, in the words of the standard. */
function receiptRows(receipt: Receipt, timeZone: string): (readonly [string, string])[] {
  const [record] = receipt["dpv:hasRecordOfActivity"];
  if (record === undefined) return [];
  const status = "dpv:hasConsentStatus" in record ? record["dpv:hasConsentStatus"] : record["dpv:hasStatus"];
  const last = status.at(-1);
  const [process] = record["dpv:hasProcess"];
  const data = record["dpv:hasProcess"].flatMap((one) =>
    one["dpv:hasPersonalData"].map((each) => each["dct:identifier"]),
  );
  const duration = last !== undefined && "dpv:hasDuration" in last ? last["dpv:hasDuration"] : undefined;
  const text = record["dpv:hasNotice"]?.["dct:description"]?.["@value"];
  return [
    ["Decided", (last?.["@type"] ?? []).map(termWord).join(", ")],
    ["On", `${localTime(last?.["dpv:isIndicatedAtTime"] ?? receipt["dct:created"], timeZone)} (${timeZone})`],
    ["By", termWord(last?.["dpv:isIndicatedBy"]["@type"] ?? "")],
    ["For", process?.["dpv:hasPurpose"]["dct:title"].find((one) => one["@language"] === "en")?.["@value"] ?? ""],
    ["Agreement", record["dct:source"]],
    ["Recipient", process?.["dpv:hasRecipient"]["dpv:hasName"] ?? ""],
    ["Data", data.map((field) => (field === "*" ? "everything that the agreement holds" : field)).join(", ")],
    ...(duration === undefined ? [] : [["Until", duration["rdf:value"]] as const]),
    ["Person", record["dpv:hasDataSubject"]["@id"]],
    ["Id", record["dpv:hasIdentifier"]],
    ...(text === undefined ? [] : [["Text shown", text] as const]),
  ];
}

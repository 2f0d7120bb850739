// `passerelle keyfile`: the file of secrets, made once for a town in production. In development a start makes it.
import type { Command } from "commander";
import { loadSettings, type Settings } from "../config.js";
import { KeyFileError, openKeyFile, receiptJwks, receiptKeys, type KeyFile } from "../identity/index.js";
import { refuse } from "./failure.js";
import { TownRefused } from "./open-town.js";
import { tenantOption, type TenantOption } from "./options.js";
import { chooseTenant, type CommandContext } from "./session.js";
import { tableLines } from "./table.js";

export function addKeyfileCommand(program: Command, context: CommandContext): void {
  const keyfile = program
    .command("keyfile")
    .description("the file of secrets that ids and receipts are made with: create, receipts");
  keyfile
    .command("create")
    .description(
      "make the key file of a new town, or add what it lacks: secrets of a new tenant, keys that sign receipts and the log",
    )
    .addHelpText(
      "after",
      "\nExample:\n  $ npx passerelle keyfile create\n\n" +
        "It lies where PASSERELLE_KEY_FILE says, else under .passerelle/ of the town folder.\n" +
        "What stands in the file is never changed. A file that is lost is not made again but restored from its backup:\n" +
        "the database knows the fingerprints of its secrets, and the gateway refuses to start with others.",
    )
    .action(() => create(context));
  keyfile
    .command("receipts")
    .description("the public part of the keys that sign people's receipts: what a check of a receipt needs")
    .option("--jwks", "as a JWK Set, for npx passerelle consent verify FILE --keys")
    .option(...tenantOption)
    .addHelpText(
      "after",
      "\nExample:\n  $ npx passerelle keyfile receipts --jwks > receipt-keys.json\n\n" +
        "The key with the highest number signs. To change it, add another under `receipts` in the key file, with the next\n" +
        "number, and leave the old one there: receipts that it signed are still checked with it.",
    )
    .action((options: ReceiptsOptions) => showReceiptKeys(context, options));
}

interface ReceiptsOptions extends TenantOption {
  readonly jwks?: true;
}

/** Not on record either: a public key is for everybody. */
async function showReceiptKeys({ folder, env, terminal }: CommandContext, options: ReceiptsOptions): Promise<void> {
  const { settings, secrets } = await openKeyFileOf(folder, env);
  const keys = receiptKeys(secrets, chooseTenant({ settings }, options.tenant).name);
  if (options.jwks === true) {
    terminal.out(JSON.stringify(receiptJwks(keys), null, 2));
    return;
  }
  const rows = keys.map(({ name, created, thumbprint }, at) => [
    name,
    created,
    at === 0 ? "signs" : "checks older receipts",
    thumbprint,
  ]);
  const columns = [{ title: "key" }, { title: "made" }, { title: "use" }, { title: "thumbprint (RFC 7638)" }];
  tableLines(columns, rows).forEach((line, at) => terminal.out(line, at === 0 ? "bold" : "plain"));
}

/** The key file alone, without a database. @throws TownRefused with its faults and those of gateway.yaml */
async function openKeyFileOf(
  folder: string,
  env: NodeJS.ProcessEnv | undefined,
): Promise<{ readonly settings: Settings; readonly secrets: KeyFile }> {
  const { settings, faults } = loadSettings(folder, env);
  if (settings === null) throw new TownRefused(faults);
  try {
    const tenants = [...settings.tenants.keys()];
    return { settings, secrets: await openKeyFile(settings.keyFile, tenants, { createMissing: false }) };
  } catch (error) {
    if (error instanceof KeyFileError) throw new TownRefused(error.faults);
    throw error;
  }
}

/** Nothing of this is on record: it reads nobody's data, and in a new town there is no database to record it in yet. */
async function create({ folder, env, terminal }: CommandContext): Promise<void> {
  const { settings, faults } = loadSettings(folder, env);
  if (settings === null) throw new TownRefused(faults);
  const { keyFile } = settings;
  const tenants = [...settings.tenants.keys()];
  const missing = await whatIsMissing(() => openKeyFile(keyFile, tenants, { createMissing: false }));
  if (missing === null) throw refuse(`${keyFile} holds all secrets of each tenant already. Nothing was changed.`);
  try {
    await openKeyFile(keyFile, tenants, { createMissing: true });
  } catch (error) {
    if (error instanceof KeyFileError) throw new TownRefused(error.faults);
    throw error;
  }
  terminal.out(
    missing === "file" ? `Made ${keyFile}, with the secrets of ${tenants.join(", ")}.` : `Added to ${keyFile}.`,
  );
  terminal.out(
    "Keep a copy of it in a safe place: without it no id given to an application can be read again.",
    "bold",
  );
}

/** Null when nothing is missing. @throws TownRefused for a file with mistakes: it is put right by hand, not added to */
async function whatIsMissing(open: () => Promise<unknown>): Promise<"file" | "secrets" | null> {
  try {
    await open();
    return null;
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error;
    if (error.faults.every(({ code }) => code === "no-file")) return "file";
    if (error.faults.every(({ code }) => code === "no-secret" || code === "no-signing-key")) return "secrets";
    throw new TownRefused(error.faults);
  }
}

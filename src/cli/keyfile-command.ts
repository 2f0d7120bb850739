// `passerelle keyfile`: the file of secrets, made once for a town in production. In development a start makes it.
import type { Command } from "commander";
import { loadSettings } from "../config.js";
import { KeyFileError, openKeyFile } from "../identity/index.js";
import { refuse } from "./failure.js";
import { TownRefused } from "./open-town.js";
import type { CommandContext } from "./session.js";

export function addKeyfileCommand(program: Command, context: CommandContext): void {
  const keyfile = program.command("keyfile").description("the file of secrets that ids are derived from: create");
  keyfile
    .command("create")
    .description("make the key file of a new town, or add a secret for each tenant that has none")
    .addHelpText(
      "after",
      "\nExample:\n  $ npx passerelle keyfile create\n\n" +
        "It lies where PASSERELLE_KEY_FILE says, else under .passerelle/ of the town folder.\n" +
        "What stands in the file is never changed. A file that is lost is not made again but restored from its backup:\n" +
        "the database knows the fingerprints of its secrets, and the gateway refuses to start with others.",
    )
    .action(() => create(context));
}

/** Nothing of this is on record: it reads nobody's data, and in a new town there is no database to record it in yet. */
async function create({ folder, env, terminal }: CommandContext): Promise<void> {
  const { settings, faults } = loadSettings(folder, env);
  if (settings === null) throw new TownRefused(faults);
  const { keyFile } = settings;
  const tenants = [...settings.tenants.keys()];
  const missing = await whatIsMissing(() => openKeyFile(keyFile, tenants, { createMissing: false }));
  if (missing === null) throw refuse(`${keyFile} holds a secret of each tenant already. Nothing was changed.`);
  try {
    await openKeyFile(keyFile, tenants, { createMissing: true });
  } catch (error) {
    if (error instanceof KeyFileError) throw new TownRefused(error.faults);
    throw error;
  }
  terminal.out(
    missing === "file" ? `Made ${keyFile}, with a secret of ${tenants.join(", ")}.` : `Added to ${keyFile}.`,
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
    if (error.faults.every(({ code }) => code === "no-secret")) return "secrets";
    throw new TownRefused(error.faults);
  }
}

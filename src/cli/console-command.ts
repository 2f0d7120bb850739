// `passerelle console link`: a way into the console for who tries or develops, where no sign-in service of staff is set up.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { StaffLinks } from "../governance/index.js";
import { couldNot, refuse } from "./failure.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { tenantOption, type TenantOption } from "./options.js";

/** Left by the gateway in the town folder while it serves a console that links lead into. */
export const consoleNote = join(".passerelle", "console.json");

/** Behind the `#`, so that no server and no proxy has it in its log. */
export const linkAddress = (address: string, link: string): string => `${address}/console/#link=${link}`;

const about = `The link works once, within an hour, and only while the gateway runs in development: in production staff sign in
with the town's provider (docs/console.md).

Example:
  $ npx passerelle console link --as dpo@rivemont.example`;

interface LinkOptions extends TenantOption {
  readonly as: string;
}

export function addConsoleCommand(program: Command, context: CommandContext): void {
  const command = program.command("console").description("the console of the town's staff");
  command
    .command("link")
    .description("print a one-time link into the console (in development only)")
    .requiredOption("--as <email>", "one of the people in gateway.yaml")
    .option(...tenantOption)
    .addHelpText("after", `\n${about}`)
    .action((options: LinkOptions) => inTown(context, options.tenant, (session) => printLink(session, options)));
}

async function printLink(session: Session, { as }: LinkOptions): Promise<void> {
  const { town, tenant, terminal, context } = session;
  const { settings, store } = town;
  if (settings.mode !== "development")
    throw refuse(
      "Links into the console are for development. Here staff sign in with the town's provider: `staff:` in gateway.yaml (docs/console.md).",
    );
  const person = tenant.people.find(({ email }) => email.toLowerCase() === as.trim().toLowerCase());
  if (person === undefined)
    throw refuse(
      `--as must be one of the people in gateway.yaml: ${tenant.people.map(({ email }) => email).join(", ") || "there is nobody"}.`,
    );
  const address = runningConsole(settings.folder);
  if (address === null) throw couldNot("The gateway does not run in this folder. Start it: npm start");
  await session.record("console link", { roles: person.roles.toSorted().join(" ") });
  terminal.out(linkAddress(address, await new StaffLinks(store.gateway, context.now).make(person.email)));
}

function runningConsole(folder: string): string | null {
  try {
    const note: unknown = JSON.parse(readFileSync(join(folder, consoleNote), "utf8"));
    const address = typeof note === "object" && note !== null && "address" in note ? note.address : null;
    return typeof address === "string" && /^http:\/\/[^/\s]+$/.test(address) ? address : null;
  } catch {
    return null;
  }
}

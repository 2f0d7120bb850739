// `passerelle application`: the builders' software that the town knows.
import type { Command } from "commander";
import { nearest } from "../terms/index.js";
import { refuse } from "./failure.js";
import { standingWords } from "./agreement-words.js";
import { localTime } from "./moments.js";
import { asName, tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { labelled, tableLines } from "./table.js";

interface CreateOptions extends TenantOption {
  readonly title: string;
  readonly contact: string;
}

export function addApplicationCommand(program: Command, context: CommandContext): void {
  const application = program.command("application").description("applications: create, list, show");
  application
    .command("create <name>")
    .description("make an application known; it gets nothing before it has an agreement")
    .requiredOption("--title <text>", "its name as people read it")
    .requiredOption("--contact <address>", "whom to write to")
    .option(...tenantOption)
    .addHelpText(
      "after",
      '\nExample:\n  $ npx passerelle application create cantine-plus --title "Cantine Plus" --contact support@cantine-plus.example',
    )
    .action((name: string, options: CreateOptions) =>
      inTown(context, options.tenant, (session) => create(session, name, options)),
    );
  application
    .command("list")
    .description("all applications")
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle application list")
    .action((options: TenantOption) => inTown(context, options.tenant, list));
  application
    .command("show <name>")
    .description("one application with its agreements")
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle application show cantine-plus")
    .action((name: string, options: TenantOption) => inTown(context, options.tenant, (session) => show(session, name)));
}

async function create(session: Session, name: string, { title, contact }: CreateOptions): Promise<void> {
  const { terminal, town, tenant } = session;
  await session.record("application create", { application: asName(name) });
  const made = await town.registry.createApplication({ tenant: tenant.name, name, title, contact });
  terminal.out(`Application ${made.name} (${made.title}) is known to ${tenant.displayName}.`);
  terminal.out("It gets nothing yet: draft an agreement with npx passerelle agreement draft --help", "dim");
}

async function list(session: Session): Promise<void> {
  const { terminal, town, tenant } = session;
  await session.record("application list");
  const all = await town.registry.listApplications(tenant.name);
  if (all.length === 0) {
    terminal.out("No application yet. Make one with: npx passerelle application create --help");
    return;
  }
  const rows = all.map(({ name, title, contact, createdAt }) => [
    name,
    title,
    contact,
    localTime(createdAt, tenant.timeZone).slice(0, 10),
  ]);
  const columns = [{ title: "application" }, { title: "title", max: 32 }, { title: "contact" }, { title: "since" }];
  tableLines(columns, rows).forEach((line, at) => terminal.out(line, at === 0 ? "bold" : "plain"));
}

async function show(session: Session, name: string): Promise<void> {
  const { terminal, town, tenant } = session;
  await session.record("application show", { application: asName(name) });
  const all = await town.registry.listApplications(tenant.name);
  const found = all.find((one) => one.name === name);
  if (found === undefined) {
    const meant = nearest(
      name,
      all.map((one) => one.name),
    );
    const hint = meant === undefined ? "See: npx passerelle application list" : `Did you mean ${meant}?`;
    throw refuse(`There is no application "${name.slice(0, 100)}". ${hint}`);
  }
  const agreements = (await town.registry.listAgreements(tenant.name)).filter((one) => one.application === name);
  const told = labelled([
    ["Application", found.name],
    ["Title", found.title],
    ["Contact", found.contact],
    ["Since", localTime(found.createdAt, tenant.timeZone)],
    ["Agreements", agreements.map((one) => `${one.ref}: ${standingWords(one)}`).join("\n") || "none"],
  ]);
  for (const line of told) terminal.out(line);
}

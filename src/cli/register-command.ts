// `passerelle register`: the register of processing activities (RGPD art. 30), drawn from what is really shared.
import { Option, type Command } from "commander";
import { text } from "node:stream/consumers";
import { refuse } from "./failure.js";
import { tenantOption, type TenantOption } from "./options.js";
import { documentServices, freePath, languageOption, readLanguage, writePaper } from "./paper-file.js";
import { inTown, type CommandContext, type Session } from "./session.js";

const formats = ["pdf", "csv", "json"] as const;

interface RegisterOptions extends TenantOption {
  readonly format: (typeof formats)[number];
  readonly out?: string;
  readonly lang?: string;
  readonly force?: true;
}

export function addRegisterCommand(program: Command, context: CommandContext): void {
  program
    .command("register")
    .description("the register of processing activities (RGPD art. 30), from agreements, rules and the map of the data")
    .addOption(new Option("--format <format>", "what to make").choices(formats).makeOptionMandatory())
    .option("--out <file>", "where to write it; without it CSV and JSON are printed")
    .option(...languageOption)
    .option("--force", "replace the file that is there")
    .option(...tenantOption)
    .addHelpText("after", help)
    .action((options: RegisterOptions) => inTown(context, options.tenant, (session) => register(session, options)));
}

const help = `
Examples:
  $ npx passerelle register --format pdf --out registre.pdf
  $ npx passerelle register --format json

Making it is recorded in the access log.`;

async function register(session: Session, { format, out, lang, force }: RegisterOptions): Promise<void> {
  const { terminal, tenant } = session;
  if (out === undefined && format === "pdf") throw refuse("A PDF is written to a file: say which one with --out.");
  const language = readLanguage(lang);
  const file = out === undefined ? null : freePath(session, out, force === true);
  const recorded = await session.record("register", { format, language });
  // Loaded by the commands that make papers alone: every other one would start later for nothing.
  const { exportDocument } = await import("../governance/index.js");
  const request = { tenant: tenant.name, kind: "register", format, language } as const;
  const { stream } = await exportDocument(request, documentServices(session), recorded);
  if (file === null) {
    terminal.out((await text(stream)).replace(/^\ufeff/, "").replace(/\r?\n$/, "").replaceAll("\r\n", "\n")); // prettier-ignore
    return;
  }
  await writePaper(stream, file);
  terminal.out(`The register is in ${file}.`);
}

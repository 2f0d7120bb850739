// `passerelle subject report`: who received one person's data, in plain words, for the town's answer (RGPD art. 15).
import type { Command } from "commander";
import type { LeftOut } from "../governance/index.js";
import { findSubject, unknownScheme } from "./find-subject.js";
import { tenantOption, type TenantOption } from "./options.js";
import { documentServices, freePath, languageOption, readLanguage, writePaper } from "./paper-file.js";
import { inTown, type CommandContext, type Session } from "./session.js";

interface ReportOptions extends TenantOption {
  readonly out: string;
  readonly lang?: string;
  readonly force?: true;
}

export function addSubjectReport(subject: Command, context: CommandContext): void {
  subject
    .command("report <person>")
    .description(
      "who received which data of one person (SCHEME:KEY), as a PDF to go with the town's answer (RGPD art. 15)",
    )
    .requiredOption("--out <file>", "where to write it")
    .option(...languageOption)
    .option("--force", "replace the file that is there")
    .option(...tenantOption)
    .addHelpText(
      "after",
      "\nExample:\n  $ npx passerelle subject report resident:123 --out annexe.pdf\n\n" +
        "The person's key stands in the paper, and nowhere in the record of this command.",
    )
    .action((person: string, options: ReportOptions) =>
      inTown(context, options.tenant, (session) => report(session, person, options)),
    );
}

async function report(session: Session, person: string, { out, lang, force }: ReportOptions): Promise<void> {
  const { terminal, tenant } = session;
  const language = readLanguage(lang);
  const file = freePath(session, out, force === true);
  const subject = await findSubject(session, person, "The person");
  const { scheme, token } = subject;
  const recorded = await session.record("subject report", { subject: scheme, language }, [{ scheme, token }]);
  const { exportPerson } = await import("../governance/index.js");
  const request = { tenant: tenant.name, kind: "person", format: "pdf", language, person: { scheme, token } } as const;
  const { stream, leftOut } = await exportPerson(request, documentServices(session), tenant, recorded);
  await writePaper(stream, file);
  if (subject.unknown) terminal.err(unknownScheme(subject), "yellow");
  terminal.out(`The annex is in ${file}.`);
  for (const line of leftOutWords(leftOut)) terminal.err(line, "yellow");
}

/** For the DPO: the paper itself does not tell that anything is missing. */
function leftOutWords(leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return [];
  return [
    "Left out of the paper, for the person is not told of them (RGPD art. 23):",
    ...leftOut.map(({ agreement, ground, times }) => {
      const why = ground ?? "the agreement or its version is not known any more; look into it before you answer";
      return `  ${agreement}, ${times} ${times === 1 ? "access" : "accesses"}: ${why}`;
    }),
  ];
}

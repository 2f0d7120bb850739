// `passerelle subject`: one person's rights over what our own tables hold on them.
import type { Command } from "commander";
import type { CommandContext } from "./session.js";
import { addSubjectErase } from "./subject-erase.js";
import { addSubjectExport } from "./subject-export.js";
import { addSubjectReport } from "./subject-report.js";

export function addSubjectCommand(program: Command, context: CommandContext): void {
  const subject = program
    .command("subject")
    .description("what is kept here about one person: export it for them, erase what can go");
  addSubjectExport(subject, context);
  addSubjectReport(subject, context);
  addSubjectErase(subject, context);
}

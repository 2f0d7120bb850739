// The command as a whole: its words, its help, and how it ends.
import { Command } from "commander";
import { exitCodes, tellFailure, type ExitCode } from "./failure.js";
import { addAgreementCommand } from "./agreement-command.js";
import { addApplicationCommand } from "./application-command.js";
import { addConsentCommand } from "./consent-command.js";
import { addConsoleCommand } from "./console-command.js";
import { addDemoCommand } from "./demo-command.js";
import { addKeyCommand } from "./key-command.js";
import { addKeyfileCommand } from "./keyfile-command.js";
import { addLogCommand } from "./log-command.js";
import { addMapCommand } from "./map-command.js";
import { addPolicyCommand } from "./policy-command.js";
import { addRegisterCommand } from "./register-command.js";
import { addSchemaCommand } from "./schema-command.js";
import type { CommandContext } from "./session.js";
import { addStatusCommand } from "./status-command.js";
import { packageVersion } from "./version.js";
import { addSubjectCommand } from "./subject-command.js";
import { addSourceCommand } from "./source-command.js";
import { addWebhookCommand } from "./webhook-command.js";
import { addWitnessCommand } from "./witness/witness-command.js";

const about = `Run it in the town folder, where gateway.yaml lies. It works while the gateway runs, and without it.

Exit codes:
  0  done
  1  it could not be done: the database does not answer, or the access cannot be recorded
  2  refused: faults in the town's files, an unknown name, or a wrong use of the command

Examples:
  $ npx passerelle log --app cantine-plus --since 7d
  $ npx passerelle policy check
  $ npx passerelle key create cantine-plus/school-meals`;

export function createProgram(context: CommandContext): Command {
  const { terminal } = context;
  const line = (text: string): string => text.replace(/\n$/, "");
  const program = new Command("passerelle")
    .description("Passerelle shares a town's data field by field, under agreements, every access on record.")
    .version(packageVersion(), "--version", "print the version")
    .helpOption("--help", "say what a command does, with an example")
    .configureOutput({
      writeOut: (text) => terminal.out(line(text)),
      writeErr: (text) => terminal.err(line(text)),
      outputError: (text) => terminal.err(line(text), "red"),
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    // An option belongs to the command it stands behind: `agreement show --version 1` asks for no version of ours.
    .enablePositionalOptions()
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError("(--help says how it is used)")
    .addHelpText("after", `\n${about}`);
  addLogCommand(program, context);
  addPolicyCommand(program, context);
  addSchemaCommand(program, context);
  addMapCommand(program, context);
  addSourceCommand(program, context);
  addApplicationCommand(program, context);
  addAgreementCommand(program, context);
  addConsentCommand(program, context);
  addSubjectCommand(program, context);
  addRegisterCommand(program, context);
  addKeyCommand(program, context);
  addKeyfileCommand(program, context);
  addDemoCommand(program, context);
  addConsoleCommand(program, context);
  addWebhookCommand(program, context);
  addWitnessCommand(program, context);
  addStatusCommand(program, context);
  return program;
}

/** @param args without node and the script's name */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  try {
    await createProgram(context).parseAsync([...args], { from: "user" });
    return exitCodes.done;
  } catch (error) {
    return tellFailure(error, context.terminal);
  }
}

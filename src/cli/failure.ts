// How a command ends other than well, in words for the person at the terminal.
import { CommanderError } from "commander";
import { AccessLogUnavailable } from "../accesslog/index.js";
import { ConsentError } from "../consent/index.js";
import { RegistryError } from "../identity/index.js";
import { PolicyNotUnderstood, PolicyVersionRefused } from "../policy/index.js";
import { isUnavailable, StoreError } from "../store/index.js";
import { formatFault } from "../terms/index.js";
import { TownRefused } from "./open-town.js";
import type { Terminal } from "./terminal.js";

/** Documented in `passerelle --help`. */
export const exitCodes = { done: 0, couldNot: 1, refused: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with a sentence that says what to do. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super(message);
  }
}

export const refuse = (message: string): CommandFailure => new CommandFailure(exitCodes.refused, message);
export const couldNot = (message: string): CommandFailure => new CommandFailure(exitCodes.couldNot, message);

/** Says what went wrong. @returns the exit code */
export function tellFailure(error: unknown, terminal: Terminal): ExitCode {
  // Commander has said it already, or was asked for help or the version.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.refused;
  if (error instanceof TownRefused || error instanceof PolicyVersionRefused) {
    for (const fault of error.faults) terminal.err(formatFault(fault), fault.severity === "fault" ? "red" : "yellow");
    return exitCodes.refused;
  }
  if (error instanceof CommandFailure) return tell(terminal, error.message, error.exitCode);
  if (error instanceof RegistryError || error instanceof ConsentError)
    return tell(terminal, error.message, exitCodes.refused);
  return tell(terminal, inWords(error), exitCodes.couldNot);
}

function tell(terminal: Terminal, message: string, exitCode: ExitCode): ExitCode {
  terminal.err(message, "red");
  return exitCode;
}

function inWords(error: unknown): string {
  // A reading: one that could not be recorded has said so itself.
  if (error instanceof AccessLogUnavailable)
    return `${error.message}\nNothing more is shown. Check that the database runs, then repeat the command.`;
  if (error instanceof StoreError) return error.message;
  if (isUnavailable(error))
    return "The database of Passerelle does not answer. Check that it runs, then repeat the command.";
  if (error instanceof PolicyNotUnderstood)
    return `${error.message}. Nothing is shared by it; apply the files again with: npx passerelle policy apply -m "why"`;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `This should not have happened (${what}). Please report it with the command you gave.`;
}

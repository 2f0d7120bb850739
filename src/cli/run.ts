// What `npx passerelle` runs: importing it runs the command.
import { userInfo } from "node:os";
import { createInterface } from "node:readline/promises";
import picocolors from "picocolors";
import { runCommand } from "./program.js";
import { createTerminal } from "./terminal.js";

// `passerelle log | head`: a reader that has enough is no fault of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

// By their exit an embedded PostgreSQL that nobody else uses is told to stop; a signal alone would leave it running.
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

/** A file or a slow pipe takes what is printed bit by bit: until then it would lie in memory. */
async function taken(): Promise<boolean> {
  const { stdout } = process;
  if (stdout.writableNeedDrain && !stdout.destroyed)
    await new Promise<void>((resolve) => {
      stdout.once("drain", resolve);
      stdout.once("close", resolve);
    });
  // A pipe says only after the write that nobody reads it.
  await new Promise((resolve) => setImmediate(resolve));
  return !stdout.destroyed;
}

/** Without a passwd entry the system has no name for its user. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

const terminal = createTerminal({
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  columns: process.stdout.isTTY ? process.stdout.columns : null,
  // NO_COLOR is read by picocolors; it would also colour what goes to a file on a machine with CI set.
  outColours: picocolors.isColorSupported && process.stdout.isTTY,
  errColours: picocolors.isColorSupported && process.stderr.isTTY,
  taken,
});

/** Yes is said; anything else, and the end of the input, is no. */
async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const ended = new Promise<string>((settle) => lines.once("close", () => settle("")));
    const answer = await Promise.race([lines.question(`${question} [y/N] `), ended]);
    return /^(y|yes|o|oui)$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

process.exitCode = await runCommand(process.argv.slice(2), {
  terminal,
  folder: process.cwd(),
  who: userName(),
  now: () => new Date(),
  ...(process.stdin.isTTY && process.stderr.isTTY ? { confirm } : {}),
});

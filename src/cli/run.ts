// What `npx passerelle` runs: importing it runs the command.
import { userInfo } from "node:os";
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

process.exitCode = await runCommand(process.argv.slice(2), {
  terminal,
  folder: process.cwd(),
  who: userName(),
  now: () => new Date(),
});

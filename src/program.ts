// The gateway of the town folder it is run in: starts it, and stops it cleanly.
import { openTown, TownRefused } from "./cli/index.js";
import { DemoProgramFailed } from "./demo/index.js";
import { demoCurls, startGateway, StartRefused } from "./start/index.js";
import { StoreError } from "./store/index.js";
import { formatFault } from "./terms/index.js";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const began = Date.now();
  const stop = stopSignal();
  say("Passerelle starts…");
  const report = (line: string): void => say(`  ${line}`);
  const town = await openTown({ folder: process.cwd(), report });
  try {
    const gateway = await startGateway({ town, report });
    try {
      say("");
      say(
        `Ready after ${((Date.now() - began) / 1000).toFixed(1)} s: ${gateway.address}/ (page), ${gateway.address}/graphql`,
      );
      if (gateway.demoKeys !== null) showDemo(gateway.address, gateway.demoKeys);
      if (gateway.consoleLink !== null)
        say(`The console, as Rivemont's DPO, once within an hour:  ${gateway.consoleLink}\n`);
      say("Ctrl-C stops.");
      await stop;
      say("\nStopping: requests under way are answered first…");
    } finally {
      await gateway.close();
    }
  } finally {
    await town.close();
  }
  say("Stopped.");
  return 0;
}

function showDemo(address: string, keys: Parameters<typeof demoCurls>[1]): void {
  say("\nTry it in another terminal:");
  for (const { title, curl } of demoCurls(address, keys)) say(`\n# ${title}\n${curl}`);
  say(`\nAs one of its people:  ${address}/citizen   (sign in as Khadija Ferreira, mother of two children)`);
  say("Then:  npx passerelle log   (who read what)   npx passerelle --help\n");
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = 0;
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.on(signal, () => {
        // The second time in earnest: nothing is lost by it, since an answer leaves only after its entry.
        if (++asked > 1) process.exit(130);
        resolve();
      });
  });
}

const isAddressTaken = (error: unknown): error is { address?: string; port?: number } =>
  error instanceof Error && "code" in error && error.code === "EADDRINUSE";

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof TownRefused || error instanceof StartRefused) {
    for (const fault of error.faults) complain(formatFault(fault));
    complain("Nothing was started.");
    process.exitCode = 2;
  } else if (isAddressTaken(error)) {
    complain(
      `${error.address ?? "The address"}:${String(error.port)} is taken, perhaps by another gateway. Choose another port: PORT=${String((error.port ?? 4000) + 1)} npm start`,
    );
    process.exitCode = 1;
  } else {
    complain(
      error instanceof StoreError || error instanceof DemoProgramFailed
        ? error.message
        : `Passerelle stopped: ${error instanceof Error ? (error.stack ?? error.message) : "unknown"}`,
    );
    process.exitCode = 1;
  }
}

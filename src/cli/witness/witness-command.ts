// `passerelle witness`: runs on another machine than the town's, the DPO's own. It needs no town folder and no database: the
// log's public key, and a folder in which it remembers what it has seen.
import { InvalidArgumentError, type Command } from "commander";
import { exitCodes, refuse, CommandFailure } from "../failure.js";
import { wholeNumber } from "../options.js";
import type { CommandContext } from "../session.js";
import { follow, type FollowOptions } from "./follow.js";
import { serveWitness, type ListenAddress } from "./serve.js";
import { atWork, readLogKeys, withWitnessOptions, type WitnessOptions } from "./setting.js";

export function addWitnessCommand(program: Command, context: CommandContext): void {
  const command = withWitnessOptions(
    program
      .command("witness")
      .description(
        "on a machine of its own: see every checkpoint of a town's access log, and tell when it was rewritten",
      )
      .option("--log <address>", "where the log is served, such as https://data.rivemont.example/log/rivemont"),
  )
    .option("--every <seconds>", "time between two looks", wholeNumber(1, 86_400), 60)
    .option("--once", "one look, for cron")
    .option("--no-hand-in", "keep the signatures: do not hand them in at the log")
    .addHelpText("after", help)
    .action((options: WitnessOptions & FollowOptions) => {
      if (options.log === undefined)
        throw refuse("--log is missing: where the log is served, such as https://data.rivemont.example/log/rivemont.");
      const [[, keys] = ["", []], another] = [...readLogKeys(options.key)];
      if (another !== undefined)
        throw refuse("The keys of --key are of several logs: one witness follows one log. See: witness serve.");
      return atWork(context, options, (setting) => follow(setting, { ...options, keys }));
    });
  withWitnessOptions(
    command
      .command("serve")
      .description("wait for checkpoints that logs bring (C2SP tlog-witness), of one log or several")
      .option("--listen <address>", "where to listen", listenAddress, { host: "127.0.0.1", port: 8181 }),
  )
    .addHelpText("after", serveHelp)
    .action((options: WitnessOptions & { readonly listen: ListenAddress }) => {
      const logs = readLogKeys(options.key);
      return atWork(context, options, async (setting) => {
        const serving = await serveWitness(setting, { logs, listen: options.listen });
        context.terminal.out(
          `Checkpoints of ${[...logs.keys()].join(", ")} are taken at ${serving.address}/add-checkpoint`,
        );
        await serving.ended;
        throw new CommandFailure(
          exitCodes.couldNot,
          "The witness's folder cannot be written any more: nothing is signed.",
        );
      });
    });
}

const help = `
Examples:
  $ npx passerelle witness --log https://data.rivemont.example/log/rivemont --key "passerelle/rivemont+1a2b3c4d+AQbc…"
  $ npx passerelle witness --log https://… --key "…" --alarm '["mail", "-s", "Passerelle", "dpo@rivemont.example"]'

Exit codes: 0 with --once, nothing wrong; 1 the log cannot be reached; 2 ALARM: the log shows another history than before,
or (with --once) nothing new for the time of --silence.
What was seen lies in a folder for each log, in checkpoints.jsonl: \`npx passerelle log verify --witness\` takes it. Keep the
folder from the town's administrators: that they cannot change what was seen is all that a witness is for.`;

const serveHelp = `
Example:
  $ npx passerelle witness serve --listen 0.0.0.0:8181 --key "passerelle/rivemont+1a2b3c4d+AQbc…"

At the town, under log: witnesses: in gateway.yaml, stand this machine's address and the key that is printed at the start.
The folder is the same as without \`serve\`; one process uses it at a time.`;

/** `127.0.0.1:8181`, `[::1]:8181` */
function listenAddress(text: string): ListenAddress {
  const [, host = "", port = ""] = /^(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === "" || Number(port) > 65_535) throw new InvalidArgumentError("It is written like 127.0.0.1:8181.");
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

// `passerelle status`: how the gateway and the town's services are doing. It asks the running gateway and opens nothing
// itself, so that it works when the database or the log does not; what it shows is nobody's data, so it is not recorded.
import type { Command } from "commander";
import { loadSettings, type Settings } from "../config.js";
import { statusForm, type GatewayStatus } from "../gateway/index.js";
import { couldNot, refuse } from "./failure.js";
import { TownRefused } from "./open-town.js";
import { readNote, townMark } from "./running-gateway.js";
import type { CommandContext } from "./session.js";
import { statusLines, troubles } from "./status-lines.js";

const about = `Each source with its state, since when, why, and what its failing costs: which agreements had how many
requests that lacked which fields. Then the gateway itself. It is what one node has seen since its start.

Exit codes: 0 all is well; 1 something does not work, or no gateway answers.

Examples:
  $ npx passerelle status
  $ npx passerelle status --json
  $ npx passerelle status --address http://10.0.4.12:9464`;

interface StatusOptions {
  readonly json?: boolean;
  readonly address?: string;
}

export function addStatusCommand(program: Command, context: CommandContext): void {
  program
    .command("status")
    .description("how the gateway and each source are doing, and what a failing source costs whom")
    .option("--json", "the whole status as JSON")
    .option("--address <url>", "the operations port of the node to ask, where it is not on this machine")
    .addHelpText("after", `\n${about}`)
    .action(async (options: StatusOptions) => showStatus(context, options));
}

async function showStatus(context: CommandContext, { json = false, address }: StatusOptions): Promise<void> {
  const { terminal } = context;
  const status = address === undefined ? await findStatus(context) : await statusAt(address);
  if (json) terminal.out(JSON.stringify(status, null, 2));
  else for (const { text, style } of statusLines(status, terminal.columns)) terminal.out(text, style);
  const found = troubles(status);
  if (found.length > 0) throw couldNot(`Not all is well: ${found.join("; ")}.`);
}

async function statusAt(address: string): Promise<GatewayStatus> {
  if (!/^https?:\/\/[^/\s]+\/?$/.test(address))
    throw refuse("--address is written like http://10.0.4.12:9464, the operations port of a gateway.");
  const found = await ask(address);
  if (found.status !== null) return found.status;
  throw couldNot(
    `${noGateway(address, found.why)} Check that it runs there, and that its operations port can be reached.`,
  );
}

/** The gateway of this folder: where its note says, else at the port of gateway.yaml. */
async function findStatus({ folder, env }: CommandContext): Promise<GatewayStatus> {
  const { settings, faults } = loadSettings(folder, env);
  const note = readNote(folder);
  const mark = townMark(folder);
  if (note !== null) {
    const { status } = await ask(note.address);
    if (status?.town === mark) return status;
  }
  // Without settings the port is not known. A variable that only the gateway's own shell has set is such a case.
  if (settings === null) throw new TownRefused(faults);
  const address = addressOf(settings);
  const { status, why } = await ask(address);
  if (status?.town === mark) return status;
  if (status !== null)
    throw couldNot(
      `No gateway serves this town folder: the one at ${address} serves another (${status.tenants.map(({ displayName }) => displayName).join(", ")}). ` +
        `Start this one with: npm start. To see the other: npx passerelle status --address ${address}`,
    );
  throw couldNot(
    `${noGateway(address, why)} Start it with: npm start. ` +
      "If it runs on another machine or port: npx passerelle status --address http://HOST:PORT",
  );
}

function addressOf({ operations: { host, port } }: Settings): string {
  const reached = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${reached.includes(":") ? `[${reached}]` : reached}:${String(port)}`;
}

const noGateway = (address: string, why: string): string => `No gateway answers at ${address} (${why}).`;

interface Asked {
  readonly status: GatewayStatus | null;
  readonly why: string;
}

/** More than this is no status. */
const maxBytes = 20_000_000;

async function ask(address: string): Promise<Asked> {
  try {
    const url = new URL("/status", address);
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(10_000) });
    const status = asStatus(await boundedText(response));
    return status === null ? { status, why: "something else answers there" } : { status, why: "" };
  } catch (error) {
    return { status: null, why: whyNot(error) };
  }
}

async function boundedText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    const part = chunk as Uint8Array;
    bytes += part.byteLength;
    if (bytes > maxBytes) throw new RangeError("too large");
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Null where it is none, or of a Passerelle that tells it in another form. */
function asStatus(text: string): GatewayStatus | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  const known = typeof read === "object" && read !== null && "form" in read && read.form === statusForm;
  return known ? (read as GatewayStatus) : null;
}

function whyNot(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError")
    return "it takes the connection but says nothing in 10 s";
  const cause: unknown = error instanceof Error ? error.cause : null;
  const code = cause instanceof Error && "code" in cause ? cause.code : null;
  if (code === "ECONNREFUSED") return "nothing listens there";
  return typeof code === "string" && /^[A-Z_]{1,40}$/.test(code) ? code : "it cannot be reached";
}

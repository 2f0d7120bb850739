// `passerelle demo citizen-token`: a token of one of the demo's made-up people, to try `rows: own` with. It goes the way of
// an application through the demo's sign-in page, which asks for no password: in any other town there is no such page.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { loadSettings } from "../config.js";
import { demoCitizenToken, NoCitizenToken } from "../demo/index.js";
import { couldNot, refuse } from "./failure.js";
import { TownRefused } from "./open-town.js";
import type { CommandContext } from "./session.js";

/** Left by the gateway in the town folder while the demo's sign-in service runs. */
export const demoSignInNote = join(".passerelle", "demo-sign-in.json");

const about = `In the demo town alone, while it runs (npm start). The names are those of the sign-in page, in small letters
without accents: khadija.ferreira, solene.aubry, catherine.aubry, lucas.germain, eleonore.gaillard, marieclaude.lebihan,
jeanbaptiste.lhermitte, lou.haddad, jeanne.thomas, prune.delacourt.

Examples:
  $ npx passerelle demo citizen-token --as khadija.ferreira
  $ curl -s http://127.0.0.1:4000/graphql -H 'Authorization: Bearer psk_live_…' \\
      -H "Citizen-Authorization: Bearer $(npx passerelle demo citizen-token --as khadija.ferreira)" \\
      -H 'Content-Type: application/json' -d '{"query":"{ residents { nodes { givenName } } }"}'`;

interface TokenOptions {
  readonly as: string;
  readonly app: string;
}

export function addDemoCommand(program: Command, context: CommandContext): void {
  const demo = program.command("demo").description("for trying the demo town");
  demo
    .command("citizen-token")
    .description("sign a made-up person in, and print the access token that an application would get")
    .requiredOption("--as <name>", "the person")
    .option("--app <name>", "the application that the person uses", "mon-rivemont")
    .addHelpText("after", `\n${about}`)
    .action(async (options: TokenOptions) => printToken(context, options));
}

async function printToken({ folder, env, terminal }: CommandContext, { as, app }: TokenOptions): Promise<void> {
  const { settings, faults } = loadSettings(folder, env);
  if (settings === null) throw new TownRefused(faults);
  if (settings.demo === null)
    throw refuse("This is no demo town: a person's token comes from the town's own sign-in service.");
  const issuer = runningIssuer(settings.folder);
  if (issuer === null) throw couldNot("The demo's sign-in service does not run. Start it: npm start");
  try {
    terminal.out(await demoCitizenToken({ issuer, account: as, client: app }));
  } catch (error) {
    if (error instanceof NoCitizenToken) throw refuse(error.message);
    throw couldNot("The demo's sign-in service does not answer. Start it again: npm start");
  }
}

function runningIssuer(folder: string): string | null {
  try {
    const note: unknown = JSON.parse(readFileSync(join(folder, demoSignInNote), "utf8"));
    const issuer = typeof note === "object" && note !== null && "issuer" in note ? note.issuer : null;
    return typeof issuer === "string" && /^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(issuer) ? issuer : null;
  } catch {
    return null;
  }
}

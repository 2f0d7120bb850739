// `passerelle policy lsp`: what an editor starts to underline faults, complete names and explain lines.
import type { Command } from "commander";
import type { CommandContext } from "./session.js";

const about = `It speaks the Language Server Protocol over its input and output: editors start it, people do not.
docs/editors.md has the settings of VS Code, Neovim and Helix.

It needs no database and none of the sources' variables. Where the gateway runs, it knows applications and agreements.

Example:
  $ npx passerelle policy lsp --stdio`;

export function addPolicyLsp(policy: Command, context: CommandContext): void {
  policy
    .command("lsp")
    .description("the language server for rule files, started by an editor")
    .option("--stdio", "as editors call it; it is always so")
    .addHelpText("after", `\n${about}`)
    .action(async () => {
      const { serve } = await import("./lsp/index.js");
      await serve(context, process.stdin, process.stdout);
    });
}

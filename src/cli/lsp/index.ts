// The language server: the protocol over two streams. Loaded by its command alone, for its packages are large.
import { Console } from "node:console";
import {
  CodeActionKind,
  createConnection,
  DidChangeWatchedFilesNotification,
  MarkupKind,
  ProposedFeatures,
  TextDocuments,
  TextDocumentSyncKind,
  type InitializeParams,
  type InitializeResult,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { CommandContext } from "../session.js";
import { packageVersion } from "../version.js";
import { EditorSession } from "./editor-session.js";
import { fileOf, findTownFolder } from "./open-files.js";

/** Works until the editor says `exit` or closes the input; the process ends with it. */
export function serve(
  context: CommandContext,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<never> {
  // A package that talks to the console would break the protocol.
  globalThis.console = new Console(process.stderr, process.stderr);
  const connection = createConnection(ProposedFeatures.all, input, output);
  const documents = new TextDocuments(TextDocument);
  let session: EditorSession | null = null;
  let asked: InitializeParams | null = null;

  const open = (candidates: readonly string[]): void => {
    const folder = findTownFolder(candidates);
    if (session !== null || folder === null) return;
    const formats = asked?.capabilities.textDocument?.hover?.contentFormat ?? [];
    const markdown = formats.includes(MarkupKind.Markdown);
    session = new EditorSession(folder, context, connection, documents, markdown);
  };

  connection.onInitialize((params) => {
    asked = params;
    open([...foldersOf(params), context.folder]);
    return abilities;
  });
  connection.onInitialized(async () => {
    if (asked?.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true)
      await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    if (session === null)
      connection.console.warn("There is no gateway.yaml in the folder that is open: nothing is checked.");
    session?.changed();
    await session?.askStore();
  });
  connection.onDidChangeWatchedFiles(() => session?.changed());
  documents.onDidOpen(({ document }) => {
    const file = fileOf(document.uri);
    if (file !== null) open([file]);
  });
  documents.onDidChangeContent(({ document }) => session?.changed(document.uri));
  documents.onDidClose(({ document }) => session?.changed(document.uri));
  documents.onDidSave(({ document }) => {
    session?.changed(document.uri);
    void session?.askStore();
  });
  connection.onCompletion((params) => session?.complete(params) ?? null);
  connection.onHover((params) => session?.hover(params) ?? null);
  connection.onDefinition((params) => session?.definition(params) ?? null);
  connection.onCodeAction((params) => session?.codeActions(params) ?? null);
  connection.onDocumentFormatting((params) => session?.format(params) ?? null);
  documents.listen(connection);
  connection.listen();
  // `exit`, and the end of the input, end the process from within.
  return new Promise<never>(() => undefined);
}

const watchers = ["**/policies/**", "**/schema.graphql", "**/gateway.yaml"].map((globPattern) => ({ globPattern }));

/** Editors that know of one folder alone say it in `rootUri`. */
function foldersOf(params: InitializeParams): string[] {
  const { rootUri } = params as { readonly rootUri?: unknown };
  const uris = [...(params.workspaceFolders ?? []).map(({ uri }) => uri), rootUri];
  return uris.flatMap((uri) => (typeof uri === "string" ? (fileOf(uri) ?? []) : []));
}

const abilities: InitializeResult = {
  serverInfo: { name: "passerelle", version: packageVersion() },
  capabilities: {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
    completionProvider: { triggerCharacters: [",", " ", ".", "@", ":"] },
    hoverProvider: true,
    definitionProvider: true,
    documentFormattingProvider: true,
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
  },
};

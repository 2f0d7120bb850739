// An editor, as far as the protocol goes: the built command in a process of its own, in a copy of the town folder.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type CodeAction,
  type CompletionItem,
  type CompletionList,
  type Diagnostic,
  type Hover,
  type InitializeResult,
  type Location,
  type Range,
  type TextEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { copyTown } from "../../start/town-process.js";

const root = resolve(import.meta.dirname, "../../..");
const command = join(root, "bin/passerelle.mjs");

export interface Editor {
  readonly folder: string;
  readonly abilities: InitializeResult;
  /** What the server says to whoever reads its log. */
  readonly log: readonly string[];
  /** Opens what is saved, or this text in its place. */
  open(path: string, text?: string): string;
  /** Replaces the first `from` of the text, as somebody who types. */
  type(path: string, from: string, to: string): void;
  close(path: string): void;
  save(path: string): void;
  textOf(path: string): string;
  /** Waits until what is told of a file fulfils it. */
  told(path: string, holds: (diagnostics: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]>;
  /** At the first place of `mark` in the file, `|` in it being the cursor. */
  hover(path: string, mark: string): Promise<{ text: string; over: string | null } | null>;
  complete(path: string, mark: string): Promise<readonly CompletionItem[]>;
  /** `schema.graphql: number of number: Int …` */
  definition(path: string, mark: string): Promise<readonly string[]>;
  fixes(path: string, range: Range): Promise<readonly CodeAction[]>;
  /** The file's text after each edit that was answered. */
  format(path: string): Promise<readonly string[]>;
  /** Bytes past the protocol. */
  raw(bytes: string): void;
  /** @returns the exit code */
  end(): Promise<number | null>;
}

const uriOf = (folder: string, path: string): string => pathToFileURL(join(folder, path)).href;

/** @param files the town's rule files, in place of Rivemont's. @param env beside the process's own */
export async function startEditor(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  { folder, remove }: ReturnType<typeof copyTown> = copyTown(),
): Promise<Editor> {
  rmSync(join(folder, "policies/rivemont"), { recursive: true });
  mkdirSync(join(folder, "policies/rivemont"));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  const { DATABASE_URL: _, PASSERELLE_MODE: __, ...usual } = process.env;
  const child = spawn(process.execPath, [command, "policy", "lsp"], { cwd: folder, env: { ...usual, ...env } });
  child.stderr.resume();
  const ended = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const log: string[] = [];
  const told = new Map<string, readonly Diagnostic[]>();
  const looks = new Set<() => void>();
  const documents = new Map<string, { version: number; text: string }>();
  connection.onNotification("textDocument/publishDiagnostics", (sent: { uri: string; diagnostics: Diagnostic[] }) => {
    told.set(sent.uri, sent.diagnostics);
    for (const look of looks) look();
  });
  connection.onNotification("window/logMessage", ({ message }: { message: string }) => void log.push(message));
  connection.onRequest("client/registerCapability", () => null);
  // What is no message of the protocol, on the output, is an error here.
  connection.onError(([error]) => void log.push(`error: ${error.message}`));
  connection.listen();
  const abilities: InitializeResult = await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: {
      textDocument: { hover: { contentFormat: ["markdown"] } },
      workspace: { didChangeWatchedFiles: { dynamicRegistration: true } },
    },
  });
  await connection.sendNotification("initialized", {});

  const documentOf = (path: string): { version: number; text: string } => {
    const document = documents.get(path);
    if (document === undefined) throw new Error(`${path} is not open`);
    return document;
  };
  const send = (method: string, parameters: object): void => void connection.sendNotification(method, parameters);
  const at = (path: string, mark: string): object => {
    const { text } = documentOf(path);
    const offset = text.indexOf(mark.replace("|", ""));
    if (offset < 0) throw new Error(`${path} has no ${mark}`);
    const before = text.slice(0, offset + Math.max(0, mark.indexOf("|"))).split("\n");
    return {
      textDocument: { uri: uriOf(folder, path) },
      position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
    };
  };
  return {
    folder,
    abilities,
    log,
    open(path, text = readFileSync(join(folder, path), "utf8")) {
      documents.set(path, { version: 1, text });
      send("textDocument/didOpen", {
        textDocument: { uri: uriOf(folder, path), languageId: "csv", version: 1, text },
      });
      return text;
    },
    type(path, from, to) {
      const document = documentOf(path);
      const offset = document.text.indexOf(from);
      if (offset < 0) throw new Error(`${path} has no ${from}`);
      const place = (end: number): object => {
        const lines = document.text.slice(0, end).split("\n");
        return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
      };
      const range = { start: place(offset), end: place(offset + from.length) };
      document.text = document.text.slice(0, offset) + to + document.text.slice(offset + from.length);
      document.version += 1;
      send("textDocument/didChange", {
        textDocument: { uri: uriOf(folder, path), version: document.version },
        contentChanges: [{ range, text: to }],
      });
    },
    close: (path) => {
      documents.delete(path);
      send("textDocument/didClose", { textDocument: { uri: uriOf(folder, path) } });
    },
    save: (path) => send("textDocument/didSave", { textDocument: { uri: uriOf(folder, path) } }),
    textOf: (path) => documentOf(path).text,
    told: (path, holds) =>
      new Promise((found) => {
        const look = (): void => {
          const diagnostics = told.get(uriOf(folder, path));
          if (diagnostics === undefined || !holds(diagnostics)) return;
          looks.delete(look);
          found(diagnostics);
        };
        looks.add(look);
        look();
      }),
    async hover(path, mark) {
      const answer: Hover | null = await connection.sendRequest("textDocument/hover", at(path, mark));
      if (answer === null || typeof answer.contents !== "object" || !("value" in answer.contents)) return null;
      const { range } = answer;
      const line = documentOf(path).text.split("\n")[range?.start.line ?? 0] ?? "";
      const over = range === undefined ? null : line.slice(range.start.character, range.end.character);
      return { text: answer.contents.value, over };
    },
    async complete(path, mark) {
      const list: CompletionList | null = await connection.sendRequest("textDocument/completion", at(path, mark));
      return list?.items ?? [];
    },
    async definition(path, mark) {
      const found: Location[] = await connection.sendRequest("textDocument/definition", at(path, mark));
      return found.map(({ uri, range: { start, end } }) => {
        const file = decodeURIComponent(uri.slice(pathToFileURL(`${folder}/`).href.length));
        const line = readFileSync(join(folder, file), "utf8").split("\n")[start.line] ?? "";
        return `${file}: ${line.slice(start.character, end.character)} of ${line.trim()}`;
      });
    },
    fixes: (path, range) =>
      connection.sendRequest("textDocument/codeAction", {
        textDocument: { uri: uriOf(folder, path) },
        range,
        context: { diagnostics: [] },
      }),
    async format(path) {
      const edits: TextEdit[] = await connection.sendRequest("textDocument/formatting", {
        textDocument: { uri: uriOf(folder, path) },
        options: { tabSize: 2, insertSpaces: true },
      });
      const document = TextDocument.create("", "", 0, documentOf(path).text);
      return edits.map((edit) => TextDocument.applyEdits(document, [edit]));
    },
    raw: (bytes) => void child.stdin.write(bytes),
    async end() {
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      const code = await ended;
      connection.dispose();
      remove();
      return code;
    },
  };
}

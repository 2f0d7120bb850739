// One editor at work on one town folder: what it has open, what it was told, and what it may ask.
import {
  DiagnosticSeverity,
  type CodeAction,
  type CodeActionParams,
  type CompletionList,
  type Connection,
  type DocumentFormattingParams,
  type Hover,
  type Location,
  type TextDocumentPositionParams,
  type TextDocuments,
  type TextEdit,
} from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { formatRules } from "../../policy/index.js";
import type { FileFault, TenantName } from "../../terms/index.js";
import type { CommandContext } from "../session.js";
import { complete } from "./completion.js";
import { Debounced } from "./debounced.js";
import { definitions } from "./definition.js";
import { FaultRanges } from "./fault-ranges.js";
import { hover } from "./hover.js";
import { townPath, uriOf } from "./open-files.js";
import { lineOf, quickFixes, type Told } from "./quick-fixes.js";
import { StoreReader, type StoreAnswer } from "./store-answer.js";
import { isRuleFile, settingsName, TownView, type CheckedTown, type TenantView } from "./town-view.js";

/** Milliseconds between two questions to the store. */
const askAgainAfter = 30_000;

interface RuleLineAsked {
  readonly view: TenantView;
  readonly path: string;
  readonly document: TextDocument;
  readonly text: string;
}

export class EditorSession {
  readonly #view: TownView;
  readonly #store: StoreReader;
  readonly #checks = new Debounced(() => this.#check());
  #checked: CheckedTown | null = null;
  #answers: ReadonlyMap<TenantName, StoreAnswer> = new Map();
  #asked = Number.NEGATIVE_INFINITY;
  #saidWhy = false;
  /** As the editor writes them: it may escape more than we would. */
  readonly #uris = new Map<string, string>();
  readonly #told = new Map<string, readonly Told[]>();

  /** @param markdown the editor shows Markdown */
  constructor(
    readonly folder: string,
    context: CommandContext,
    private readonly connection: Connection,
    private readonly documents: TextDocuments<TextDocument>,
    private readonly markdown: boolean,
  ) {
    this.#view = new TownView(folder, context.env);
    this.#store = new StoreReader({ ...context, folder });
  }

  /** Something changed in the folder, or in a document. */
  changed(uri?: string): void {
    const path = uri === undefined ? null : townPath(this.folder, uri);
    if (path !== null && uri !== undefined) this.#uris.set(path, uri);
    if (uri === undefined || (path !== null && this.#view.concerns(path))) this.#checks.soon();
  }

  /** Asks the store again unless that was just done: an application may have been created since. */
  async askStore(): Promise<void> {
    if (performance.now() - this.#asked < askAgainAfter) return;
    this.#asked = performance.now();
    const { answers, why } = await this.#store.ask();
    if (answers !== null) {
      this.#answers = answers;
      this.#checks.soon();
    } else if (!this.#saidWhy) {
      this.#saidWhy = true;
      this.connection.console.info(
        `Applications and agreements are not known here: ${why}. Names of applications are taken from the rule files, ` +
          "so a misspelt one is not underlined. This compares them: npx passerelle policy check",
      );
    }
  }

  async complete({ textDocument, position }: TextDocumentPositionParams): Promise<CompletionList | null> {
    // While somebody types, names of a moment ago are good enough.
    if (this.#checked === null) await this.#checks.settled();
    const asked = this.#ruleLine(textDocument.uri, position.line);
    return asked === null ? null : complete(asked.view, asked.path, asked.text, position);
  }

  async hover({ textDocument, position }: TextDocumentPositionParams): Promise<Hover | null> {
    await this.#checks.settled();
    const asked = this.#ruleLine(textDocument.uri, position.line);
    return asked === null ? null : hover(asked.view, { ...asked, ...position }, this.markdown);
  }

  async definition({ textDocument, position }: TextDocumentPositionParams): Promise<Location[]> {
    await this.#checks.settled();
    const asked = this.#ruleLine(textDocument.uri, position.line);
    const texts = this.#checked?.texts ?? new Map<string, string>();
    return asked === null ? [] : definitions(asked.view, asked.text, position.character, texts, this.folder);
  }

  async codeActions({ textDocument, range }: CodeActionParams): Promise<CodeAction[]> {
    await this.#checks.settled();
    const document = this.documents.get(textDocument.uri);
    const path = townPath(this.folder, textDocument.uri);
    return document === undefined || path === null ? [] : quickFixes(document, range, this.#told.get(path) ?? []);
  }

  /** Nothing while a line is not understood: a layout must not change what it means. */
  format({ textDocument }: DocumentFormattingParams): TextEdit[] {
    const document = this.documents.get(textDocument.uri);
    const path = townPath(this.folder, textDocument.uri);
    if (document === undefined || path === null || !isRuleFile(path, this.#view.tenants)) return [];
    const before = document.getText();
    const { text } = formatRules(path, before);
    if (text === null || text === before) return [];
    const end = document.positionAt(before.length);
    return [{ range: { start: { line: 0, character: 0 }, end }, newText: text }];
  }

  #ruleLine(uri: string, line: number): RuleLineAsked | null {
    const document = this.documents.get(uri);
    const path = townPath(this.folder, uri);
    if (document === undefined || path === null || !isRuleFile(path, this.#view.tenants)) return null;
    const view = this.#view.tenantOf(path);
    return view === null ? null : { view, path, document, text: lineOf(document, line) };
  }

  async #check(): Promise<void> {
    try {
      const open = this.documents.all().flatMap((document) => {
        const path = townPath(this.folder, document.uri);
        return path !== null && this.#view.concerns(path) ? [{ path, document }] : [];
      });
      const versions = new Map(open.map(({ path, document }) => [path, document.version]));
      const texts = new Map(open.map(({ path, document }) => [path, document.getText()]));
      this.#checked = await this.#view.check(texts, this.#answers);
      await this.#tell(this.#checked, versions);
    } catch (error) {
      this.connection.console.error(
        `The files could not be checked (${error instanceof Error ? error.message : "unknown"}); the next change tries again.`,
      );
    }
  }

  /** Every file with faults, open or not; and those that had some and have none any more. */
  async #tell({ faults, texts }: CheckedTown, versions: ReadonlyMap<string, number>): Promise<void> {
    const byFile = Map.groupBy(
      faults.map((fault) => placed(fault, texts)),
      ({ file }) => file,
    );
    for (const path of this.#told.keys()) if (!byFile.has(path)) byFile.set(path, []);
    for (const [path, found] of byFile) {
      const ranges = new FaultRanges(path, texts.get(path) ?? "");
      const told = found.map((fault): Told => ({ fault, diagnostic: diagnosticOf(fault, ranges) }));
      if (told.length > 0) this.#told.set(path, told);
      else this.#told.delete(path);
      const version = versions.get(path);
      await this.connection.sendDiagnostics({
        uri: this.#uris.get(path) ?? uriOf(this.folder, path),
        diagnostics: told.map(({ diagnostic }) => diagnostic),
        ...(version === undefined ? {} : { version }),
      });
    }
  }
}

/** A fault of a folder, or of no file at all, stands where an editor can show it. */
function placed(fault: FileFault, texts: ReadonlyMap<string, string>): FileFault {
  const isShown = texts.has(fault.file) || /\.[A-Za-z]+~?$/.test(fault.file);
  if (isShown && !fault.file.includes("*")) return fault;
  const { severity, code, file, message } = fault;
  return { severity, code, file: settingsName, line: 1, column: 1, message: `${file}: ${message}` };
}

const diagnosticOf = (fault: FileFault, ranges: FaultRanges): Told["diagnostic"] => ({
  range: ranges.of(fault),
  severity: fault.severity === "fault" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
  code: fault.code,
  source: "passerelle",
  message: fault.suggestion === undefined ? fault.message : `${fault.message} (did you mean "${fault.suggestion}"?)`,
});

// A paper as PDF: tagged so that a screen reader follows it (PDF/UA), bookmarks, numbered pages, and given away page by
// page, so that a long one is never in memory as a whole.
import type { Language } from "../text.js";
import { letters } from "./fonts.js";
import { ink, PaperTable, pieces, type PaperColumn, type Pen, type Structure } from "./paper-table.js";

export interface PaperOptions {
  readonly title: string;
  /** What stands at the foot of each page, before the page's number. */
  readonly foot: string;
  readonly language: Language;
  readonly layout: "portrait" | "landscape";
  readonly madeAt: Date;
  /** False: text can be read in the file's bytes, for tests. */
  readonly compress?: boolean;
}

// The package knows it, its types do not yet.
const accessible = "PDF/UA" as string as PDFKit.Mixins.PDFSubsets;

const margin = 48;
const footHeight = 28;
const size = { title: 17, heading: 12.5, text: 9.5 } as const;

export class Paper {
  readonly #document: PDFKit.PDFDocument;
  readonly #options: PaperOptions;
  readonly #root: Structure;
  #pages = 1;
  #y = margin;

  /** The package that writes PDF is loaded with the first paper: most gateways make none, and it takes 25 MB. */
  static async begun(options: PaperOptions): Promise<Paper> {
    const { default: PDFDocument } = await import("pdfkit");
    return new Paper(options, PDFDocument);
  }

  private constructor(
    options: PaperOptions,
    PDFDocument: new (options: PDFKit.PDFDocumentOptions) => PDFKit.PDFDocument,
  ) {
    const { title, language, layout, madeAt, compress = true } = options;
    this.#options = options;
    this.#document = new PDFDocument({
      ...{ pdfVersion: "1.7", subset: accessible, tagged: true, lang: language, displayTitle: true },
      ...{ size: "A4", layout, margin, compress, autoFirstPage: true },
      info: {
        Title: title,
        CreationDate: madeAt,
        ModDate: madeAt,
        Creator: "Passerelle",
        Producer: "Passerelle (pdfkit)",
      },
    });
    this.#document.registerFont("regular", letters().regular);
    this.#document.registerFont("bold", letters().bold);
    this.#root = this.#document.struct("Document", { title, lang: language });
    this.#document.addStructure(this.#root);
  }

  /** What has been made since the last call; to be given away before more is made. */
  taken(): Buffer {
    const chunks: Buffer[] = [];
    for (let chunk: unknown = this.#document.read(); chunk !== null; chunk = this.#document.read())
      if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  title(text: string): void {
    this.#block("H1", text, { font: "bold", fontSize: size.title, after: 8 });
  }

  /** It is a bookmark too. */
  heading(text: string): void {
    this.#room(90);
    this.#y += 10;
    this.#document.outline.addItem(text);
    this.#block("H2", text, { font: "bold", fontSize: size.heading, after: 4 });
  }

  paragraph(text: string, style: "plain" | "faint" | "alarm" = "plain"): void {
    const colour = style === "plain" ? ink.text : style === "faint" ? ink.faint : ink.alarm;
    this.#block("P", text, { font: style === "alarm" ? "bold" : "regular", fontSize: size.text, after: 5, colour });
  }

  list(items: readonly string[]): void {
    const list = this.#document.struct("L");
    this.#root.add(list);
    for (const text of items) {
      const item = this.#document.struct("LI");
      list.add(item);
      this.#block("LBody", text, { font: "regular", fontSize: size.text, after: 2, indent: 14, into: item, mark: "•" });
      item.end();
    }
    list.end();
    this.#y += 4;
  }

  /** Two columns: what it is called, and what it is. */
  facts(rows: readonly (readonly [string, string])[]): void {
    const table = this.table(
      [
        { title: "", share: 0.26 },
        { title: "", share: 0.74 },
      ],
      { heads: "rows" },
    );
    for (const row of rows) table.row(row);
    table.end();
  }

  /** @param options.heads `rows`: the first cell of each row is its heading, and there is none above the columns */
  table(columns: readonly PaperColumn[], options: { readonly heads?: "columns" | "rows" } = {}): PaperTable {
    return new PaperTable(this.#pen(), columns, options.heads ?? "columns");
  }

  /** Ends the file; what is left of it comes with `taken`. */
  end(): void {
    this.#foot();
    this.#root.end();
    this.#document.end();
  }

  #pen(): Pen {
    return {
      document: this.#document,
      root: this.#root,
      left: margin,
      width: this.#width,
      bodyHeight: this.#bottom - margin,
      y: () => this.#y,
      move: (to) => (this.#y = to),
      room: (height) => this.#room(height),
    };
  }

  get #width(): number {
    return this.#document.page.width - 2 * margin;
  }

  get #bottom(): number {
    return this.#document.page.height - margin - footHeight;
  }

  /** @returns whether a new page was begun */
  #room(height: number): boolean {
    if (this.#y + height <= this.#bottom) return false;
    this.#foot();
    this.#document.addPage();
    this.#pages += 1;
    this.#y = margin;
    return true;
  }

  #block(tag: string, text: string, style: BlockStyle): void {
    const { font, fontSize, after, indent = 0, colour = ink.text, into = this.#root, mark } = style;
    const width = this.#width - indent;
    this.#document.font(font).fontSize(fontSize);
    const element = this.#document.struct(tag);
    into.add(element);
    let first = true;
    for (const piece of pieces(this.#document, text, width, this.#bottom - margin)) {
      const height = this.#document.heightOfString(piece, { width });
      this.#room(height);
      if (mark !== undefined && first) this.#mark(mark);
      first = false;
      element.add(() => {
        this.#document
          .font(font)
          .fontSize(fontSize)
          .fillColor(colour)
          .text(piece, margin + indent, this.#y, { width });
      });
      this.#y += height;
    }
    element.end();
    this.#y += after;
  }

  /** That it is an item of a list is said by its tag. */
  #mark(text: string): void {
    this.#document.markContent("Artifact", { type: "Layout" });
    this.#document.fillColor(ink.faint).text(text, margin + 4, this.#y, { lineBreak: false });
    this.#document.endMarkedContent();
  }

  /** No part of what is read out. */
  #foot(): void {
    const { page } = this.#document;
    const { foot } = this.#options;
    const number = `page ${this.#pages}`;
    // Below the margin pdfkit would begin a page of its own.
    const { bottom } = page.margins;
    page.margins.bottom = 0;
    this.#document.markContent("Artifact", { type: "Pagination" });
    this.#document.font("regular").fontSize(7.5).fillColor(ink.faint);
    const y = page.height - margin - 8;
    this.#document.text(foot, margin, y, { width: this.#width - 80, height: 10, ellipsis: true, lineBreak: false });
    this.#document.text(number, page.width - margin - 70, y, { width: 70, align: "right", lineBreak: false });
    this.#document.endMarkedContent();
    page.margins.bottom = bottom;
  }
}

interface BlockStyle {
  readonly font: "regular" | "bold";
  readonly fontSize: number;
  readonly after: number;
  readonly indent?: number;
  readonly colour?: string;
  readonly mark?: string;
  readonly into?: Structure;
}

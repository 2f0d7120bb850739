// A paper as PDF: tagged so that a screen reader follows it (PDF/UA), bookmarks, numbered pages, and given away page by
// page, so that a long one is never in memory as a whole.
import PDFDocument from "pdfkit";
import type { Language } from "../text.js";
import { letters } from "./fonts.js";

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

export interface PaperColumn {
  readonly title: string;
  /** Its part of the width. */
  readonly share: number;
  readonly align?: "left" | "right";
}

type Structure = ReturnType<PDFKit.PDFDocument["struct"]>;

// The package knows it, its types do not yet.
const accessible = "PDF/UA" as string as PDFKit.Mixins.PDFSubsets;
type CellOptions = NonNullable<Parameters<PDFKit.PDFDocument["struct"]>[1]> & { readonly scope?: "Row" | "Column" };
const rowHead: CellOptions = { scope: "Row" };
const columnHead: CellOptions = { scope: "Column" };

const margin = 48;
const footHeight = 28;
const size = { title: 17, heading: 12.5, small: 10.5, text: 9.5, table: 7.8 } as const;
const ink = { text: "#1a1a1a", faint: "#555555", rule: "#bbbbbb", head: "#eef1f5", alarm: "#a40000" } as const;
const cellPadding = 3;

export class Paper {
  readonly #document: PDFKit.PDFDocument;
  readonly #options: PaperOptions;
  readonly #root: Structure;
  #pages = 1;
  #y = margin;
  #outline: PDFKit.PDFOutline | null = null;

  constructor(options: PaperOptions) {
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

  get pages(): number {
    return this.#pages;
  }

  title(text: string): void {
    this.#block("H1", text, { font: "bold", fontSize: size.title, after: 8 });
  }

  /** It is a bookmark too. */
  heading(text: string): void {
    this.#room(90);
    this.#y += 10;
    this.#outline = this.#document.outline.addItem(text);
    this.#block("H2", text, { font: "bold", fontSize: size.heading, after: 4 });
  }

  /** Below a heading, as its bookmark is. */
  subheading(text: string): void {
    this.#room(60);
    this.#y += 4;
    this.#outline?.addItem(text);
    this.#block("H3", text, { font: "bold", fontSize: size.small, after: 3 });
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
      this.#block("LBody", `•  ${text}`, { font: "regular", fontSize: size.text, after: 2, indent: 8, into: item });
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
    const { font, fontSize, after, indent = 0, colour = ink.text, into = this.#root } = style;
    const width = this.#width - indent;
    this.#document.font(font).fontSize(fontSize);
    const element = this.#document.struct(tag);
    into.add(element);
    for (const piece of pieces(this.#document, text, width, this.#bottom - margin)) {
      const height = this.#document.heightOfString(piece, { width });
      this.#room(height);
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

  /** No part of what is read out. */
  #foot(): void {
    const { page } = this.#document;
    const { foot, language } = this.#options;
    const number = `${language === "fr" ? "page" : "page"} ${this.#pages}`;
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
  readonly into?: Structure;
}

/** What a table needs of the paper it stands on. */
interface Pen {
  readonly document: PDFKit.PDFDocument;
  readonly root: Structure;
  readonly left: number;
  readonly width: number;
  readonly bodyHeight: number;
  readonly y: () => number;
  readonly move: (to: number) => void;
  readonly room: (height: number) => boolean;
}

/** Its headings are repeated on each page, to be seen; they are read out once. */
export class PaperTable {
  readonly #pen: Pen;
  readonly #columns: readonly (PaperColumn & { readonly left: number; readonly width: number })[];
  readonly #heads: "columns" | "rows";
  readonly #table: Structure;
  #begun = false;

  constructor(pen: Pen, columns: readonly PaperColumn[], heads: "columns" | "rows") {
    this.#pen = pen;
    this.#heads = heads;
    const whole = columns.reduce((sum, { share }) => sum + share, 0);
    let left = pen.left;
    this.#columns = columns.map((column) => {
      const placed = { ...column, left, width: (column.share / whole) * pen.width };
      left += placed.width;
      return placed;
    });
    this.#table = pen.document.struct("Table");
    pen.root.add(this.#table);
  }

  /** A row that is longer than a page goes on in further ones. */
  row(cells: readonly string[], style: "plain" | "alarm" = "plain"): void {
    for (const part of this.#fitting(cells)) this.#row(part, style);
  }

  end(): void {
    this.#table.end();
    this.#pen.move(this.#pen.y() + 8);
  }

  #row(cells: readonly string[], style: "plain" | "alarm"): void {
    const height = this.#height(cells, this.#heads === "rows");
    const headHeight = this.#heads === "columns" ? this.#height(this.#titles, true) : 0;
    if (!this.#begun) {
      this.#pen.room(height + headHeight);
      if (headHeight > 0) this.#head(headHeight, "read");
      this.#begun = true;
    } else if (this.#pen.room(height) && headHeight > 0) this.#head(headHeight, "seen");
    const row = this.#pen.document.struct("TR");
    this.#table.add(row);
    cells.forEach((text, at) => {
      const isHead = this.#heads === "rows" && at === 0;
      const cell = this.#pen.document.struct(isHead ? "TH" : "TD", isHead ? rowHead : {});
      row.add(cell);
      cell.add(() => this.#write(text, at, isHead, style === "alarm" ? ink.alarm : ink.text));
      cell.end();
    });
    row.end();
    this.#line(height);
  }

  get #titles(): readonly string[] {
    return this.#columns.map(({ title }) => title);
  }

  #head(height: number, how: "read" | "seen"): void {
    const { document } = this.#pen;
    const paint = (): void => {
      document.rect(this.#pen.left, this.#pen.y(), this.#pen.width, height).fill(ink.head);
    };
    document.markContent("Artifact", { type: "Layout" });
    paint();
    if (how === "seen") this.#titles.forEach((title, at) => this.#write(title, at, true, ink.text));
    document.endMarkedContent();
    if (how === "read") {
      const row = document.struct("TR");
      this.#table.add(row);
      this.#titles.forEach((title, at) => {
        const cell = document.struct("TH", columnHead);
        row.add(cell);
        cell.add(() => this.#write(title, at, true, ink.text));
        cell.end();
      });
      row.end();
    }
    this.#line(height);
  }

  #write(text: string, at: number, isHead: boolean, colour: string): void {
    const column = this.#columns[at];
    if (column === undefined) return;
    this.#font(isHead)
      .fillColor(colour)
      .text(text, column.left + cellPadding, this.#pen.y() + cellPadding, {
        width: column.width - 2 * cellPadding,
        align: column.align ?? "left",
      });
  }

  #font(isHead: boolean): PDFKit.PDFDocument {
    return this.#pen.document
      .font(isHead ? "bold" : "regular")
      .fontSize(this.#heads === "rows" ? size.text : size.table);
  }

  #line(height: number): void {
    const { document, left, width } = this.#pen;
    const y = this.#pen.y() + height;
    document.markContent("Artifact", { type: "Layout" });
    document
      .moveTo(left, y)
      .lineTo(left + width, y)
      .lineWidth(0.4)
      .stroke(ink.rule);
    document.endMarkedContent();
    this.#pen.move(y);
  }

  #height(cells: readonly string[], hasHead: boolean): number {
    const heights = this.#columns.map((column, at) =>
      this.#font(hasHead && (this.#heads === "columns" || at === 0)).heightOfString(cells[at] ?? "", {
        width: column.width - 2 * cellPadding,
      }),
    );
    return Math.max(...heights) + 2 * cellPadding;
  }

  #fitting(cells: readonly string[]): readonly (readonly string[])[] {
    const most = this.#pen.bodyHeight - 60;
    if (this.#height(cells, false) <= most) return [cells];
    const parts = this.#columns.map((column, at) => {
      this.#font(false);
      return pieces(this.#pen.document, cells[at] ?? "", column.width - 2 * cellPadding, most - 2 * cellPadding);
    });
    const longest = Math.max(...parts.map((part) => part.length));
    return Array.from({ length: longest }, (_, index) => parts.map((part) => part[index] ?? ""));
  }
}

/** The text in parts that each fit into the height, cut between words. In the font that is set. */
function pieces(document: PDFKit.PDFDocument, text: string, width: number, height: number): string[] {
  if (document.heightOfString(text, { width }) <= height) return [text];
  const words = text.split(/(?<=\s)/);
  const found: string[] = [];
  let from = 0;
  while (from < words.length) {
    let [least, most] = [from + 1, words.length];
    while (least < most) {
      const middle = Math.ceil((least + most) / 2);
      if (document.heightOfString(words.slice(from, middle).join(""), { width }) <= height) least = middle;
      else most = middle - 1;
    }
    found.push(words.slice(from, least).join(""));
    from = least;
  }
  return found;
}

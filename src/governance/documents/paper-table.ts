// A table on a paper: rows that stay whole, headings repeated on each page, tags that a screen reader follows.

export interface PaperColumn {
  readonly title: string;
  /** Its part of the width. */
  readonly share: number;
  readonly align?: "left" | "right";
}

export type Structure = ReturnType<PDFKit.PDFDocument["struct"]>;

// The package knows `scope`, its types do not yet.
type CellOptions = NonNullable<Parameters<PDFKit.PDFDocument["struct"]>[1]> & { readonly scope?: "Row" | "Column" };
const rowHead: CellOptions = { scope: "Row" };
const columnHead: CellOptions = { scope: "Column" };

export const ink = { text: "#1a1a1a", faint: "#555555", rule: "#bbbbbb", head: "#eef1f5", alarm: "#a40000" } as const;
const size = { text: 9.5, table: 7.8 } as const;
const cellPadding = 3;

/** What a table needs of the paper it stands on. */
export interface Pen {
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
export function pieces(document: PDFKit.PDFDocument, text: string, width: number, height: number): string[] {
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

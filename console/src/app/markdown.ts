// A small part of Markdown, read into plain data: headings, paragraphs, lists, **bold**, `code`. No links, no images, no
// HTML: what is not one of these is text. Pure.

export interface Span {
  readonly kind: "text" | "bold" | "code";
  readonly text: string;
}

export type Block =
  | { readonly kind: "heading"; readonly level: 1 | 2 | 3; readonly spans: readonly Span[] }
  | { readonly kind: "paragraph"; readonly spans: readonly Span[] }
  | { readonly kind: "list"; readonly items: readonly (readonly Span[])[] };

/** Blocks stand apart by an empty line, or begin with a mark of their own. */
export function readMarkdown(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  let items: string[] = [];
  const end = (): void => {
    if (lines.length > 0) blocks.push({ kind: "paragraph", spans: spansOf(lines.join(" ")) });
    if (items.length > 0) blocks.push({ kind: "list", items: items.map(spansOf) });
    [lines, items] = [[], []];
  };
  for (const line of text.split(/\r?\n/).map((each) => each.trim())) {
    const [, marks, title] = /^(#{1,3}) +(.*)$/.exec(line) ?? [];
    const [, item] = /^[-*] +(.*)$/.exec(line) ?? [];
    if (marks !== undefined && title !== undefined) {
      end();
      blocks.push({ kind: "heading", level: levelOf(marks), spans: spansOf(title) });
    } else if (item !== undefined) {
      if (lines.length > 0) end();
      items.push(item);
    } else if (line === "") end();
    else if (items.length > 0) items.push(`${items.pop() ?? ""} ${line}`);
    else lines.push(line);
  }
  end();
  return blocks;
}

const levelOf = (marks: string): 1 | 2 | 3 => (marks.length === 1 ? 1 : marks.length === 2 ? 2 : 3);

function spansOf(text: string): readonly Span[] {
  return text
    .split(/(\*\*[^*]+\*\*|`[^`]+`)/)
    .filter((part) => part !== "")
    .map((part) => {
      if (/^\*\*[^*]+\*\*$/.test(part)) return { kind: "bold", text: part.slice(2, -2) };
      if (/^`[^`]+`$/.test(part)) return { kind: "code", text: part.slice(1, -1) };
      return { kind: "text", text: part };
    });
}

import { describe, expect, it } from "vitest";
import { readMarkdown, type Block } from "../../console/src/app/markdown.js";
import { retentionPolicy } from "../../src/accesslog/retention/policy-text.js";

const text = (words: string) => [{ kind: "text", text: words }] as const;

describe("a text in Markdown", () => {
  it("is headings, paragraphs, lists, bold and code", () => {
    expect(readMarkdown("# A\n\none\ntwo **b** `c`\n\n- x\n  y\n- z\n## B")).toEqual([
      { kind: "heading", level: 1, spans: text("A") },
      {
        kind: "paragraph",
        spans: [
          { kind: "text", text: "one two " },
          { kind: "bold", text: "b" },
          { kind: "text", text: " " },
          { kind: "code", text: "c" },
        ],
      },
      { kind: "list", items: [text("x y"), text("z")] },
      { kind: "heading", level: 2, spans: text("B") },
    ] satisfies Block[]);
  });

  // A reason in gateway.yaml is a town's own words: on the page they are words too, whatever they look like.
  it("holds no markup and no link: those are text", () => {
    for (const line of ["<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "<b>x</b>", "![x](y)"])
      expect(readMarkdown(line)).toEqual([{ kind: "paragraph", spans: text(line) }]);
  });

  it("shows all of the policy that is shipped, in both languages", () => {
    const terms = { town: "Rivemont", contact: "a@b.example", months: 12, reason: null, consentProofYears: 5 };
    for (const policy of Object.values(retentionPolicy(terms))) {
      const blocks = readMarkdown(policy);
      expect(blocks.filter(({ kind }) => kind === "heading").length).toBe(policy.match(/^#+ /gm)?.length);
      expect(JSON.stringify(blocks)).not.toMatch(/\*\*|"text":"[#-] /);
    }
  });
});

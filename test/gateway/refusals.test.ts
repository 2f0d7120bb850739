// Law 13: where an error stands is told without reading the document again for each.
import fc from "fast-check";
import { GraphQLError, parse, visit, type ASTNode } from "graphql";
import { expect, it } from "vitest";
import { answerError } from "../../src/gateway/refusals.js";

function nodesOf(text: string): ASTNode[] {
  const nodes: ASTNode[] = [];
  visit(parse(text), { enter: (node) => void nodes.push(node) });
  return nodes;
}

const gap = fc.stringMatching(/^(\r\n|\n|\r| |\t|,|\uFEFF|#é🚲[^\r\n]{0,5}\n){1,6}$/);
const parts = ["query", "A", "(", "$a", ":", "Int", "=", "1", ")", "@b", "{", "x", ":", "y", "(", "z", ":", "$a", ")", "...", "F", "}", "fragment", "F", "on", "T", "{", '"""é\n  t"""', "}"]; // prettier-ignore

it("an error of ours stands where graphql-js would say that it does", () => {
  const text = fc.array(gap, { minLength: parts.length, maxLength: parts.length }).map((gaps) =>
    // No block string stands in a selection: it is a description's or an argument's.
    parts.map((part, i) => `${gaps[i] ?? ""}${part.startsWith('"') ? "w" : part}`).join(""),
  );
  fc.assert(
    fc.property(text, (written) => {
      for (const node of nodesOf(written)) {
        const { locations, path, message } = new GraphQLError("x", { nodes: [node], path: ["a"] });
        const ours = answerError("FIELD_NOT_SHARED", { message: "x", nodes: [node], path: ["a"] });
        expect({ locations: ours.locations, path: ours.path, message: ours.message }).toEqual({ locations, path, message }); // prettier-ignore
        expect(ours.toJSON().locations).toEqual(locations);
      }
    }),
    { numRuns: 100 },
  );
  const [, , first, last] = nodesOf("{ a(b: 1)\n c }");
  const both = [first, last].filter((node) => node !== undefined);
  expect(answerError("INVALID_ID", { nodes: both }).locations).toEqual(new GraphQLError("", { nodes: both }).locations);
});

it("nothing of the document is read for it, and where nothing is known nothing is said", () => {
  const [, , , field] = nodesOf("{\n\n a }");
  const source = field?.loc?.source;
  if (field === undefined || source === undefined) throw new Error("no field");
  Object.defineProperty(source, "body", {
    get: () => {
      throw new Error("the document was read");
    },
  });
  expect(answerError("FIELD_NOT_SHARED", { nodes: [field] }).locations).toEqual([{ line: 3, column: 2 }]);
  for (const nodes of [undefined, [], [{ ...field, loc: undefined } as unknown as ASTNode]])
    expect(answerError("FIELD_NOT_SHARED", nodes === undefined ? {} : { nodes }).locations).toBeUndefined();
});

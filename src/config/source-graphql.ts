// A source of kind `graphql` in gateway.yaml. Its settings' meaning stands in src/sources/graphql/settings.ts.
import * as z from "zod";
import { httpAddress, httpHeaders, keyed } from "./http-shapes.js";
import { httpResilience } from "./resilience-shapes.js";
import { allowLoopback, checkHosts } from "./service-host.js";
import { alwaysWhen, count, isRecord, type AddressContext } from "./shapes.js";

const namePattern = /^(?!__)[_A-Za-z][_0-9A-Za-z]*$/;
const pathPattern = /^(?!__)[_A-Za-z][_0-9A-Za-z]*(\.(?!__)[_A-Za-z][_0-9A-Za-z]*)*$/;
const pathFault = 'must be names of fields with "." between them';

const name = z.string().regex(namePattern, { error: "must be a name of the service's schema" });
const path = z.string().regex(pathPattern, { error: pathFault });

const argument = z
  .string()
  .regex(/^[_A-Za-z][_0-9A-Za-z]*\s*:\s*([_A-Za-z][_0-9A-Za-z]*!?|\[[_A-Za-z][_0-9A-Za-z]*!?\]!?)$/, {
    error: 'must be an argument as the service\'s schema writes it, like "codes: [ID!]"',
  });

const list = z.strictObject({
  field: name.describe("The query field that gives all objects."),
  keyArgument: argument
    .optional()
    .describe('Its argument that takes keys, like "codes: [ID!]"; the key is then one field.'),
  filters: keyed(pathPattern, pathFault, argument)
    .optional()
    .describe("Its arguments that keep rows with equal cells, by column."),
  connection: z
    .enum(["plain", "relay"])
    .default("plain")
    .describe("plain: everything in one answer. relay: page after page by cursor. Default: plain."),
  rows: path.optional().describe("Where the objects lie below the field. Default: edges.node for relay."),
  pageInfo: path.optional().describe("Where hasNextPage and endCursor lie below the field. Default: pageInfo."),
  first: argument.optional().describe('Default: "first: Int".'),
  after: argument.optional().describe('Default: "after: String".'),
  pageSize: count("Objects of one page, and keys of one request.", 100, 1_000),
});

const dataset = z
  .strictObject({
    key: z.array(path).min(1).describe("The fields that tell one object from another."),
    entities: z
      .boolean()
      .default(false)
      .describe("Whether objects are found by Federation's _entities. Default: false."),
    list: list.optional(),
  })
  .superRefine((value: unknown, issues) => {
    if (!isRecord(value)) return;
    const { key, list: field } = value;
    if (isRecord(field) && "keyArgument" in field && Array.isArray(key) && key.length > 1)
      issues.addIssue({ code: "custom", path: ["list", "keyArgument"], message: "needs a key of one field" });
    if (field === undefined && value["entities"] !== true)
      issues.addIssue({ code: "custom", path: [], message: "says no way to find objects: write entities or list" });
  }, alwaysWhen(isRecord));

export const graphqlKind = (context: AddressContext) =>
  z
    .strictObject({
      kind: z.literal("graphql").describe("What the service is."),
      url: httpAddress(context, "Where operations are posted.", "mobility"),
      allowLoopback,
      headers: httpHeaders(context),
      timeoutMs: count("Milliseconds of one request.", 5_000, 600_000),
      ...httpResilience,
      maxBytes: count("Bytes of one answer.", 10_000_000, 1_000_000_000),
      maxRows: count("Objects read from the service, at most, to give one answer.", 10_000, 1_000_000),
      datasets: keyed(namePattern, "must be the name of an object type", dataset).describe(
        "How objects of a type are found, by the type's name in the service's schema.",
      ),
    })
    .superRefine((value: unknown, issues) => checkHosts(value, issues, ["url"]), alwaysWhen(isRecord));

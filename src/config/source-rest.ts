// A source of kind `rest` in gateway.yaml. Its settings' meaning stands in src/sources/rest/settings.ts.
import * as z from "zod";
import { httpAddress, httpHeaders, keyed } from "./http-shapes.js";
import { httpResilience } from "./resilience-shapes.js";
import { allowLoopback, checkHosts } from "./service-host.js";
import { alwaysWhen, count, environmentValue, isRecord, resolvedText, text, type AddressContext } from "./shapes.js";

const fieldPath = (what: string) =>
  z.string().min(1).max(500).describe(`${what} A field path: names with "." between them.`);
const param = z
  .string()
  .regex(/^[^\s&=#?]{1,100}$/, { error: "must be the name of a parameter" })
  .describe("The parameter's name.");

/** The address may end with parameters that never change, as in `/sensors?type=parking`. */
const pathPattern = /^\/?(?!\/)(?!(?:[^?]*\/)?\.{1,2}(?:[/?]|$))[^\s#\\]+$/;
const pathFault = 'must be a path below the source\'s address, without "..", "#" or blanks';

const anyColumn = /^(?!\s*$).{1,500}$/s;
const columnFault = "must be the name of a column";

const filter = z.strictObject({
  param,
  style: z
    .enum(["single", "comma", "repeat"])
    .describe("single: one value; comma: a,b in one parameter; repeat: the parameter once for each value."),
  batch: count("Values of one request, at most.", 50, 1_000),
});

const sized = {
  sizeParam: param.optional().describe("The parameter that asks for so many rows a page."),
  size: count("Rows of one page.", 100, 10_000),
};
const total = fieldPath("Where the number of rows of the whole list stands; else pages are read until an empty one.");

const page = z
  .discriminatedUnion("style", [
    z.strictObject({ style: z.literal("none") }),
    z.strictObject({
      style: z.literal("page"),
      param,
      first: count("The number of the first page.", 1, 1, 0),
      total: total.optional(),
      ...sized,
    }),
    z.strictObject({ style: z.literal("offset"), param, total: total.optional(), ...sized }),
    z.strictObject({
      style: z.literal("cursor"),
      param,
      next: fieldPath("Where the next page's cursor stands."),
      ...sized,
    }),
    z.strictObject({ style: z.literal("link"), ...sized }),
  ])
  .default({ style: "none" })
  .describe("How a list that is longer than one answer goes on. Default: one answer holds all.");

const item = z.strictObject({
  path: z
    .string()
    .regex(pathPattern, { error: pathFault })
    .regex(/^[^{}?]*\{[^{}/]+\}[^{}]*$/, { error: "must hold the key's place once, like /car-parks/{code}" })
    .describe("The path of one row, like /car-parks/{code}; 404 is none."),
  item: fieldPath("Where the row stands in the body.").optional(),
});

const list = z.strictObject({
  items: fieldPath("Where the array of rows stands in the body; else the body is the array.").optional(),
  filters: keyed(anyColumn, columnFault, filter)
    .default({})
    .describe("By column: the parameter by which the service keeps only rows that have that value."),
  fields: z
    .strictObject({ param, style: z.enum(["comma", "repeat"]) })
    .optional()
    .describe("The parameter that names the fields to send; without it the service sends whole rows."),
  page,
  byKeys: keyed(anyColumn, columnFault, item).default({}).describe("By column: where one row is found by its value."),
  omitsNull: z
    .boolean()
    .default(false)
    .describe("The service leaves out fields without a value. Default: a row without a field is a failure."),
});

const secret = ({ env }: AddressContext) =>
  resolvedText(env, (written) => {
    const variable = environmentValue(written, env);
    if (variable === null) return "a secret is never written here: put it in the environment and write env:NAME";
    return "fault" in variable ? variable.fault : null;
  }).describe("env:NAME, read from the environment.");

const oauth2 = (context: AddressContext) =>
  z.strictObject({
    tokenUrl: httpAddress(context, "Where tokens are given; nothing else of that machine is asked."),
    clientId: text("The gateway's name there."),
    clientSecret: secret(context),
    scope: text("What the token is for.").optional(),
    clientAuth: z
      .enum(["basic", "body"])
      .default("basic")
      .describe("How the gateway shows its secret: HTTP Basic, or in the body. Default: basic."),
  });

export const restKind = (context: AddressContext) =>
  z
    .strictObject({
      kind: z.literal("rest").describe("What the service is."),
      url: httpAddress(context, "The address below which all of the service lies.", "parking"),
      allowLoopback,
      headers: httpHeaders(context),
      oauth2: oauth2(context).optional().describe("OAuth2 client credentials (RFC 6749, section 4.4)."),
      timeoutMs: count("Milliseconds of one request.", 5_000, 600_000),
      ...httpResilience,
      maxBytes: count("Bytes of one answer.", 5_000_000, 1_000_000_000),
      maxRows: count("Rows read from the service, at most, to give one answer.", 10_000, 1_000_000),
      maxRequests: count("Requests to the service, at most, to give one answer.", 100, 10_000),
      lists: keyed(pathPattern, pathFault, list).describe(
        "The service's lists by path; a dataset's `from` in schema.graphql names one.",
      ),
    })
    .superRefine((value: unknown, issues) => {
      checkHosts(value, issues, ["url"], ["oauth2", "tokenUrl"]);
      const names = isRecord(value) && isRecord(value["headers"]) ? Object.keys(value["headers"]) : [];
      const own = names.find((name) => name.toLowerCase() === "authorization");
      if (isRecord(value) && isRecord(value["oauth2"]) && own !== undefined)
        issues.addIssue({ code: "custom", path: ["headers", own], message: "oauth2 gives this header already" });
    }, alwaysWhen(isRecord));

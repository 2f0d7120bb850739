// The shape of gateway.yaml. Its JSON Schema, gateway.schema.json, is made from the same lines.
import * as z from "zod";
import { nearest } from "../terms/index.js";
import { citizens } from "./citizens.js";
import { budgets, costBudget, refuseBudgets } from "./cost-budget.js";
import { operations } from "./operations.js";
import { retention } from "./retention.js";
import { log, refuseSameOrigin } from "./log.js";
import { alwaysWhen, count, inside, isRecord, named, text, type AddressContext } from "./shapes.js";
import { telemetry } from "./telemetry.js";
import { sourceKinds } from "./source-kinds.js";
import { staff } from "./staff.js";

/** Tenants are the first part of a path, and a folder beside `policies/common`. */
const reservedTenants = [
  "citizen",
  "common",
  "console",
  "governance",
  "graphql",
  "health",
  "log",
  "metrics",
  "node",
  "tests",
];

const limits = z
  .strictObject({
    bodyBytes: count("Bytes of a request's body.", 100_000, 10_000_000),
    tokens: count("Lexical tokens of a document.", 5_000, 1_000_000),
    depth: count("Nested fields of an operation, the root's being 1.", 12, 100),
    aliases: count("Selected fields that carry an alias.", 100, 100_000, 0),
    pageSize: count("Rows of one page, at most.", 1_000, 1_000),
    defaultPageSize: count("Rows of one page when neither first nor last is given.", 50, 1_000),
    rows: count("Rows that one operation could return at most.", 100_000, 10_000_000),
    cells: count("Values that one operation could return at most: rows times selected fields.", 200_000, 10_000_000),
    scanRows: count("Rows looked at to fill one page.", 10_000, 10_000_000),
    timeMs: count("Milliseconds from a request's arrival to its answer.", 10_000, 600_000),
    inFlight: count("Requests worked on at once.", 32, 10_000),
    queued: count("Requests that wait; beyond, 503.", 256, 100_000, 0),
    openPerMinute: count("Requests per minute without a key, for each tenant.", 600, 1_000_000, 0),
    keyPerMinute: count("Requests per minute of one agreement, on each node.", 6_000, 10_000_000),
    cost: costBudget.prefault({}).describe("What one agreement may spend (docs/cost.md)."),
  })
  .superRefine(({ pageSize, defaultPageSize }, issues) => {
    if (!(defaultPageSize > pageSize)) return;
    const message = `more than pageSize (${String(pageSize)}): write it too`;
    issues.addIssue({ code: "custom", path: ["defaultPageSize"], message });
  }, alwaysWhen(isRecord));

const bilingual = (what: string) => z.strictObject({ fr: text(`${what} In French.`), en: text(`${what} In English.`) });

const purpose = z.strictObject({
  title: bilingual("The purpose in a few words, as people read it."),
  text: bilingual("What the data is for, in a sentence."),
  dpv: z
    .string()
    .regex(/^dpv:[A-Z][A-Za-z0-9]*$/, { error: 'a purpose\'s term is written like "dpv:ServiceProvision"' })
    .describe("The purpose's term in the W3C Data Privacy Vocabulary (https://w3id.org/dpv/#vocab-purposes)."),
});

const person = z.strictObject({
  name: text("As others read it."),
  email: z.email({ error: "must be an e-mail address" }).describe("Unique among the tenant's people."),
  roles: z
    .array(z.enum(["admin", "cdo", "dpo", "steward"]))
    .min(1)
    .describe("What the person does for the town (docs/console.md says what each role opens)."),
});

const isTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

const timeZone = z
  .string()
  .default("Europe/Paris")
  .superRefine((zone, context) => {
    if (isTimeZone(zone)) return;
    const suggestion = nearest(zone, Intl.supportedValuesOf("timeZone"));
    context.addIssue({ code: "custom", message: `unknown time zone "${zone}"`, params: { suggestion } });
  })
  .describe("IANA time zone in which the days of agreements are counted. Default: Europe/Paris.");

const contact = z
  .string()
  .regex(/^([^\s@]+@[^\s@]+|https?:\/\/\S+)$/, { error: "must be an e-mail address or a web address" })
  .describe("Where a builder asks for a field: an e-mail address or a web page. It stands in refusals.");

const tenant = (context: AddressContext) =>
  z
    .strictObject({
      displayName: text("The local authority's name, as people read it."),
      contact,
      timeZone,
      schemaFile: inside.default("schema.graphql").describe("The map of the tenant's data. Default: schema.graphql."),
      sources: named("a source's name", sourceKinds(context)).describe(
        "Internal services by name; schema.graphql refers to them.",
      ),
      purposes: named("a purpose's name", purpose)
        .default({})
        .describe("Why data may be asked for; agreements and rules refer to them."),
      people: z.array(person).default([]).describe("Staff with a role in the gateway."),
      budgets,
      citizens: citizens(context),
      log: log(context).prefault({}),
      retention: retention.prefault({}).describe("How long the town keeps what proves what it did."),
    })
    .superRefine(({ people }, issues) => repeatedEmails(people, issues), alwaysWhen(isRecord));

function repeatedEmails(people: unknown, issues: z.core.$RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, person] of (Array.isArray(people) ? people : []).entries()) {
    const email: unknown = isRecord(person) ? person["email"] : null;
    if (typeof email !== "string") continue;
    const key = email.toLowerCase();
    if (seen.has(key)) {
      issues.addIssue({ code: "custom", path: ["people", index, "email"], message: `"${email}" is listed twice` });
    }
    seen.add(key);
  }
}

export const gatewayFile = (context: AddressContext) =>
  z
    .strictObject({
      mode: z
        .enum(["development", "production"])
        .optional()
        .describe("Default: production with DATABASE_URL, else development."),
      demo: z
        .enum(["rivemont"])
        .nullable()
        .default(null)
        .describe("Makes the demo town's internal databases and services at start."),
      listen: z
        .strictObject({
          host: text("Address to listen on. Default: 127.0.0.1.").default("127.0.0.1"),
          port: count("Port to listen on; 0 takes a free one.", 4000, 65_535, 0),
        })
        .prefault({})
        .describe("HOST and PORT of the environment come first."),
      operations: operations
        .prefault({})
        .describe("PASSERELLE_OPERATIONS_HOST and PASSERELLE_OPERATIONS_PORT of the environment come first."),
      telemetry: telemetry(context).optional().describe("Traces of requests (docs/operations.md). Default: none."),
      limits: limits.prefault({}).describe("Bounds of one request."),
      staff: staff(context),
      tenants: named("a tenant's name", tenant(context), reservedTenants)
        .refine((tenants) => Object.keys(tenants).length > 0, { error: "at least one tenant is needed" })
        .describe("The local authorities served, by short name: the first part of their path."),
    })
    .superRefine(({ tenants, limits: { cost } }, issues) => {
      refuseBudgets(tenants, cost, issues);
      refuseSameOrigin(tenants, issues);
    });

export type GatewayFile = z.output<ReturnType<typeof gatewayFile>>;

/** JSON Schema (draft 2020-12) of gateway.yaml, for editors. gateway.schema.json at the root is this, formatted. */
export function gatewayJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(gatewayFile({ env: {}, demoRefused: null }), { io: "input" });
  return { ...schema, title: "gateway.yaml of Passerelle" };
}

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { cruise, type ICruiseOptions, type ICruiseResult, type IFlattenedRuleSet } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { home } from "./tracked-files.js";

interface Config {
  readonly forbidden: readonly { readonly name: string; readonly comment?: string; readonly severity?: string }[];
  readonly options: ICruiseOptions & { enhancedResolveOptions?: object };
}
const { default: config } = (await import(pathToFileURL(join(home, ".dependency-cruiser.mjs")).href)) as {
  default: Config;
};

const rooms = [
  "terms",
  "catalogue",
  "store",
  "sources",
  "policy",
  "identity",
  "consent",
  "accesslog",
  "gateway",
  "governance",
  "web",
  "cli",
];

/** A small house that keeps every rule. */
// prettier-ignore
const lawful: Record<string, string> = {
  ...Object.fromEntries(rooms.map((room) => [`src/${room}/index.ts`, `export * from "./${room}.js";`])),
  "src/terms/terms.ts": `export const word = 1;`,
  "src/catalogue/catalogue.ts": `import { word } from "../terms/index.js"; export const catalogue = word;`,
  "src/store/store.ts": `import { DataSource } from "typeorm"; import { Client } from "pg"; export const store = [DataSource, Client];`,
  "src/sources/sources.ts": `import { catalogue } from "../catalogue/index.js"; export const sources = catalogue;`,
  "src/sources/postgres/index.ts": `import { Pool } from "pg"; import { sources } from "../sources.js"; export const connector = [Pool, sources];`,
  "src/sources/rest/index.ts": `import { sources } from "../sources.js"; export const connector = sources;`,
  "src/policy/policy.ts": `import { newEnforcer } from "casbin"; export const policy = newEnforcer;`,
  "src/identity/identity.ts": `import type { DataSource } from "typeorm"; import { store } from "../store/index.js"; export type Opened = DataSource; export const identity = [store, import("./sign-in.js")];`,
  "src/identity/key.entity.ts": `import { Entity, type Relation } from "typeorm"; import { Owner } from "./owner.entity.js"; export class Key { owner?: Relation<Owner>; of = () => [Entity, Owner]; }`,
  "src/identity/owner.entity.ts": `import { Entity, type Relation } from "typeorm"; import { Key } from "./key.entity.js"; export class Owner { key?: Relation<Key>; of = () => [Entity, Key]; }`,
  "src/consent/consent.ts": `import { CompactSign } from "jose"; import { store } from "../store/index.js"; export const consent = [CompactSign, store];`,
  "src/identity/sign-in.ts": `import * as client from "openid-client"; export const signIn = client;`,
  "src/accesslog/accesslog.ts": `import { Client } from "pg"; import { store } from "../store/index.js"; export const accesslog = [Client, store];`,
  "src/gateway/gateway.ts": `import { policy } from "../policy/index.js"; import { sources } from "../sources/index.js"; export const gateway = [policy, sources];`,
  "src/governance/governance.ts": `import "reflect-metadata"; import { ObjectType } from "type-graphql"; import DataLoader from "dataloader"; import { policy } from "../policy/index.js"; import { paper } from "./documents/paper.js"; export const governance = [ObjectType, DataLoader, policy, paper];`,
  "src/governance/documents/paper.ts": `import PDFDocument from "pdfkit"; export const paper = PDFDocument;`,
  "src/web/web.ts": `import { ApolloServer } from "@apollo/server"; import { fastify } from "fastify"; import { gateway } from "../gateway/index.js"; export const web = [ApolloServer, fastify, gateway];`,
  "src/cli/cli.ts": `import { Command } from "commander"; import { settings } from "../config.js"; import { demo } from "../demo/index.js"; export const cli = [Command, settings, demo];`,
  "src/start/index.ts": `import { web } from "../web/index.js"; import { demo } from "../demo/index.js"; import { settings } from "../config.js"; import { cli } from "../cli/index.js"; export const start = [web, demo, settings, cli];`,
  "src/demo/index.ts": `import { store } from "../store/index.js"; import { Client } from "pg"; export const demo = [Client, store];`,
  "src/config/shape.ts": `export const shape = 1;`,
  "src/config.ts": `import "./config/shape.js"; import { word } from "../src/terms/index.js"; import type { Opened } from "./identity/index.js"; export type Known = Opened; export const settings = word;`,
  "src/main.ts": `await import("./program.js");`,
  "src/program.ts": `import { settings } from "./config.js"; import { web } from "./web/index.js"; import { connector } from "./sources/postgres/index.js"; import { demo } from "./demo/index.js"; export const started = [settings, web, connector, demo];`,
  "src/terms/log-query/index.ts": `export const read = 1;`,
  "src/terms/lines.ts": `import { read } from "./log-query/index.js"; export const lines = read;`,
  "console/src/main.ts": `import { useState } from "react"; import { read } from "../../src/terms/log-query/index.js"; import type { initGraphQLTada } from "gql.tada"; export type G = initGraphQLTada<never>; export const main = [useState, read];`,
  "test/policy/deep.test.ts": `import { it } from "vitest"; import { policy } from "../../src/policy/policy.js"; it(String(policy), () => {});`,
};

/** Each file breaks exactly the rules named. */
// prettier-ignore
const unlawful: readonly (readonly [file: string, text: string, ...rules: string[]])[] = [
  ["src/terms/upward.ts", `import "../store/index.js";`, "terms-imports-downward"],
  ["src/catalogue/upward.ts", `import "../policy/index.js";`, "catalogue-imports-downward"],
  ["src/catalogue/sideways.ts", `import "../store/index.js";`, "catalogue-imports-downward"],
  ["src/store/upward.ts", `import "../identity/index.js";`, "store-imports-downward"],
  ["src/store/upward-type.ts", `import type { identity } from "../identity/index.js"; export type I = typeof identity;`, "store-imports-downward"],
  ["src/sources/sideways.ts", `import "../policy/index.js";`, "sources-imports-downward"],
  ["src/policy/sideways.ts", `import "../identity/index.js";`, "policy-imports-downward"],
  ["src/identity/sideways.ts", `import "../accesslog/index.js";`, "identity-imports-downward"],
  ["src/consent/sideways.ts", `import "../identity/index.js";`, "consent-imports-downward"],
  ["src/accesslog/upward.ts", `export * from "../gateway/index.js";`, "accesslog-imports-downward"],
  ["src/gateway/upward.ts", `export const web = import("../web/index.js");`, "gateway-imports-downward"],
  ["src/governance/sideways.ts", `import "../gateway/index.js";`, "governance-imports-downward"],
  ["src/web/sideways.ts", `import "../cli/index.js";`, "web-imports-downward"],
  ["src/cli/sideways.ts", `import "../web/index.js";`, "cli-imports-downward"],
  ["src/start/upward.ts", `import "../main.js";`, "main-is-imported-by-nobody", "start-imports-downward"],
  ["src/web/wiring.ts", `import "../start/index.js";`, "web-imports-downward"],
  ["src/demo/upward.ts", `import "../policy/index.js";`, "demo-imports-downward"],
  ["src/config/opens.ts", `import "../identity/index.js";`, "config-knows-words-only"],
  ["src/gateway/reads-settings.ts", `import "../config.js";`, "config-is-handed-over", "gateway-imports-downward"],
  ["src/web/shows-demo.ts", `import "../demo/index.js";`, "demo-only-by-who-starts-it", "web-imports-downward"],
  ["src/cli/starts.ts", `import "../main.js";`, "main-is-imported-by-nobody", "cli-imports-downward"],
  ["test/main.test.ts", `import "../src/main.js";`, "main-is-imported-by-nobody"],
  ["test/program.test.ts", `import "../src/program.js";`, "program-is-started-by-main"],
  ["src/utils/index.ts", `import "../terms/index.js";`, "only-known-rooms"],
  ["src/gateway/back-door.ts", `import "../policy/policy.js";`, "room-is-entered-by-its-index"],
  ["src/cli/back-door.ts", `import "../config/shape.js";`, "room-is-entered-by-its-index"],
  ["src/config/back-door.ts", `import "../terms/terms.js";`, "room-is-entered-by-its-index"],
  ["src/program.ts", `import "./policy/policy.js";`, "main-enters-rooms-by-their-index"],
  ["src/sources/rest/neighbour.ts", `import "../postgres/index.js";`, "connectors-do-not-meet"],
  ["src/gateway/judge.ts", `import { newEnforcer } from "casbin"; export const judge = newEnforcer;`, "casbin-only-in-policy"],
  ["src/gateway/judge-type.ts", `import type { Enforcer } from "casbin"; export type Judge = Enforcer;`, "casbin-only-in-policy"],
  ["src/gateway/judge-later.ts", `export const judge = import("casbin");`, "casbin-only-in-policy"],
  ["src/identity/tables.ts", `import { DataSource } from "typeorm"; export const tables = DataSource;`, "typeorm-only-in-store-and-entities"],
  ["src/identity/tables-both.ts", `import type { EntityManager } from "typeorm"; import { DataSource } from "typeorm"; export const tables = DataSource; export type M = EntityManager;`, "typeorm-only-in-store-and-entities"],
  ["src/identity/tables-mixed.ts", `import { type EntityManager, DataSource } from "typeorm"; export const tables = DataSource; export type M = EntityManager;`, "typeorm-only-in-store-and-entities"],
  ["src/identity/tables-again.ts", `export * from "typeorm";`, "typeorm-only-in-store-and-entities"],
  ["src/identity/sql.ts", `import { Client } from "pg"; export const client = Client;`, "pg-only-where-sql-is-written"],
  ["src/sources/rest/sql.ts", `import { Client } from "pg"; export const client = Client;`, "pg-only-where-sql-is-written"],
  ["src/gateway/server.ts", `import { ApolloServer } from "@apollo/server"; export const server = ApolloServer;`, "apollo-only-in-web"],
  ["src/gateway/server-part.ts", `import * as part from "@apollo/server/plugin/disabled"; export const server = part;`, "apollo-only-in-web"],
  ["src/gateway/http.ts", `import { fastify } from "fastify"; export const http = fastify;`, "fastify-only-in-web"],
  ["src/gateway/counted.ts", `import { Counter } from "prom-client"; export const counted = Counter;`, "metrics-only-in-web"],
  ["src/sources/files/far.ts", `import distance from "@turf/distance"; export const far = distance;`, "turf-only-in-sources"],
  ["src/sources/rest/other.ts", `import { request } from "undici"; export const other = request;`, "undici-only-in-http-sources"],
  ["src/cli/editor.ts", `import { createConnection } from "vscode-languageserver/node"; export const editor = createConnection;`, "editor-protocol-only-in-its-room"],
  ["src/web/signed.ts", `import { CompactSign } from "jose"; export const signed = CompactSign;`, "signatures-only-where-people-are-known"],
  ["src/web/sign-in.ts", `import * as client from "openid-client"; export const signIn = client;`, "openid-client-only-in-identity"],
  ["src/identity/provider.ts", `import Provider from "oidc-provider"; export const provider = Provider;`, "openid-provider-only-in-demo"],
  ["src/governance/paper.ts", `import PDFDocument from "pdfkit"; export const paper = PDFDocument;`, "pdf-only-in-documents"],
  ["src/accesslog/der.ts", `import { Certificate } from "pkijs"; export const der = Certificate;`, "asn1-only-in-timestamps"],
  ["src/gateway/spans.ts", `import { trace } from "@opentelemetry/api"; export const spans = trace;`, "telemetry-only-in-one-file"],
  ["src/policy/terminal.ts", `import { Command } from "commander"; export const terminal = Command;`, "commander-only-in-cli"],
  ["src/governance/fetch.ts", `import { sources } from "../sources/index.js"; export const fetch = sources;`, "governance-imports-downward"],
  ["src/web/types.ts", `import { ObjectType } from "type-graphql"; export const types = ObjectType;`, "governance-api-only-in-governance"],
  ["src/terms/hen.ts", `import { egg } from "./egg.js"; export const hen = () => egg;`, "no-cycles"],
  ["src/terms/egg.ts", `import { hen } from "./hen.js"; export const egg = () => hen;`, "no-cycles"],
  ["src/policy/tested.ts", `import "../../test/policy/deep.test.js";`, "no-test-code-in-src"],
  ["src/policy/checked.ts", `import * as fc from "fast-check"; export const check = fc;`, "no-development-packages-in-src"],
  ["src/terms/borrowed.ts", `import * as enhanced from "enhanced-resolve"; export const borrowed = enhanced;`, "no-undeclared-packages"],
  ["src/terms/nowhere.ts", `import "./gone.js";`, "not-to-unresolvable"],
  ["console/src/enters.ts", `import { word } from "../../src/terms/index.js"; export const enters = word;`, "console-knows-no-room"],
  ["console/src/enters-type.ts", `import type { policy } from "../../src/policy/index.js"; export type P = typeof policy;`, "console-knows-no-room"],
  ["src/web/shows-console.ts", `import { main } from "../../console/src/main.js"; export const shown = main;`, "console-is-bundled-alone"],
  ["src/web/renders.ts", `import { useState } from "react"; export const renders = useState;`, "browser-packages-only-in-console"],
  ["console/src/reads.ts", `import { readFileSync } from "node:fs"; export const reads = readFileSync;`, "no-packages-of-the-gateway-in-console"],
  ["console/src/signs.ts", `import { CompactSign } from "jose"; export const signs = CompactSign;`, "no-packages-of-the-gateway-in-console"],
  ["src/terms/alone.ts", `export const alone = 1;`, "no-orphans"],
];

const folders: string[] = [];

/** Violations of a house made of these files: `rule file`, sorted, each once. */
async function violations(files: Readonly<Record<string, string>>): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), "passerelle-house-"));
  folders.push(dir);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  for (const name of ["package.json", "tsconfig.json"]) writeFileSync(join(dir, name), readFileSync(join(home, name)));
  symlinkSync(join(home, "node_modules"), join(dir, "node_modules"));

  const { enhancedResolveOptions, ...options } = config.options;
  const result = await cruise(
    ["src", "test", "console"],
    {
      ...options,
      baseDir: dir,
      validate: true,
      ruleSet: { forbidden: config.forbidden } as unknown as IFlattenedRuleSet,
    },
    enhancedResolveOptions,
    { tsConfig: extractTSConfig(join(dir, "tsconfig.json")) },
  );
  // A cycle is reported once, from the first of its files.
  const found = (result.output as ICruiseResult).summary.violations.flatMap(({ rule, from, cycle = [] }) =>
    [from, ...cycle.map(({ name }) => name)].map((file) => `${rule.name} ${file}`),
  );
  return [...new Set(found)].sort();
}

describe("import rules", () => {
  let found: string[];

  beforeAll(async () => {
    const broken = Object.fromEntries(unlawful.map(([file, text]) => [file, text]));
    const program = `${lawful["src/program.ts"] ?? ""}\n${broken["src/program.ts"] ?? ""}`;
    found = await violations({ ...lawful, ...broken, "src/program.ts": program });
  }, 60_000);

  afterAll(() => {
    for (const dir of folders) rmSync(dir, { recursive: true, force: true });
  });

  it("let a lawful house be", async () => {
    expect(await violations(lawful)).toEqual([]);
  }, 60_000);

  it.each(unlawful.map(([file, , ...rules]) => ({ file, rules })))("$file breaks $rules", ({ file, rules }) => {
    const broken = found.filter((line) => line.endsWith(` ${file}`)).map((line) => line.slice(0, -file.length - 1));
    expect(broken).toEqual([...rules].sort());
  });

  it("blame no other file", () => {
    const files = new Set(unlawful.map(([file]) => file));
    expect(found.filter((line) => !files.has(line.slice(line.indexOf(" ") + 1)))).toEqual([]);
  });

  it("are each shown to fire above, are errors, and give their reason", () => {
    const shown = new Set(unlawful.flatMap(([, , ...rules]) => rules));
    expect(config.forbidden.filter(({ name }) => !shown.has(name)).map(({ name }) => name)).toEqual([]);
    for (const { name, comment, severity } of config.forbidden) {
      expect(comment?.length, name).toBeGreaterThan(20);
      expect(severity, name).toBe("error");
    }
  });
});

// What a team does that wants rules and a log and no time lost: as `bare`, with the same rules in Casbin, each decision
// asked once and remembered, and a log row per request that is committed, many together, before the answer leaves. Its rows
// are not chosen by consent, its ids are no pseudonyms, and its log proves nothing.
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled } from "@apollo/server/plugin/disabled";
import fastifyApollo, { fastifyApolloDrainPlugin } from "@as-integrations/fastify";
import { newEnforcer, newModelFromString, StringAdapter } from "casbin";
import fastify from "fastify";
import { GraphQLError, TypeInfo, visit, visitWithTypeInfo } from "graphql";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { contextFor } from "./loaders.mjs";
import { resolvers } from "./resolvers.mjs";
import { typeDefs } from "./schema.mjs";
import { closeServices, openServices } from "./services.mjs";
import { serveUntilStopped, setting } from "./settings.mjs";

const caller = { app: "bench", purpose: setting("BENCH_PURPOSE") };

async function openPolicy() {
  const folder = setting("BENCH_POLICY_FOLDER");
  const rules = join(folder, setting("BENCH_TENANT"));
  const lines = readdirSync(rules)
    .filter((name) => name.endsWith(".csv"))
    .flatMap((name) => readFileSync(join(rules, name), "utf8").split("\n"))
    .filter((line) => line !== "" && !line.startsWith("#"));
  const model = newModelFromString(readFileSync(join(folder, "model.conf"), "utf8"));
  const enforcer = await newEnforcer(model, new StringAdapter(lines.join("\n")));
  const remembered = new Map();
  return async ({ app, purpose }, field) => {
    const question = `${app} ${purpose} ${field}`;
    const known = remembered.get(question);
    if (known !== undefined) return known;
    const decision = await enforcer.enforce(app, purpose, field);
    remembered.set(question, decision);
    return decision;
  };
}

/** The coordinates that an operation selects, found once for each document. */
function coordinatesOf(known, schema, document) {
  let coordinates = known.get(document);
  if (coordinates === undefined) {
    const [found, types] = [new Set(), new TypeInfo(schema)];
    const Field = ({ name }) => {
      const parent = types.getParentType()?.name ?? "";
      const isData =
        parent !== "Query" && parent !== "PageInfo" && !parent.endsWith("Connection") && name.value !== "id";
      if (isData) found.add(`${parent}.${name.value}`);
    };
    visit(document, visitWithTypeInfo(types, { Field }));
    coordinates = [...found];
    known.set(document, coordinates);
  }
  return coordinates;
}

/** What has come while a batch was written goes with the next one. */
async function openLog() {
  const client = new pg.Client({ connectionString: setting("BENCH_LOG_URL") });
  await client.connect();
  await client.query(`CREATE TABLE IF NOT EXISTS access (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, app text NOT NULL, purpose text NOT NULL,
    operation text, fields text[] NOT NULL)`);
  let waiting = [];
  let writing = false;
  const write = async () => {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const rows = JSON.stringify(batch.map(({ row }) => row));
      try {
        await client.query({
          name: "append",
          text: `INSERT INTO access (at, app, purpose, operation, fields)
            SELECT * FROM jsonb_to_recordset($1) AS one(at timestamptz, app text, purpose text, operation text, fields text[])`,
          values: [rows],
        });
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    writing = false;
  };
  return {
    append: (row) =>
      new Promise((resolve, reject) => {
        waiting.push({ row, resolve, reject });
        if (!writing) void write();
      }),
    close: () => client.end(),
  };
}

const services = openServices();
const isAllowed = await openPolicy();
const log = await openLog();
const known = new WeakMap();
const guard = {
  async requestDidStart() {
    let coordinates = [];
    return {
      async didResolveOperation({ schema, document, contextValue }) {
        coordinates = coordinatesOf(known, schema, document);
        for (const coordinate of coordinates)
          if (!(await isAllowed(contextValue.caller, coordinate)))
            throw new GraphQLError(`${coordinate} is not shared`);
      },
      async willSendResponse({ contextValue, operationName }) {
        const { app, purpose } = contextValue.caller;
        await log.append({ at: new Date(), app, purpose, operation: operationName ?? null, fields: coordinates });
      },
    };
  },
};
const app = fastify();
const apollo = new ApolloServer({
  typeDefs,
  resolvers,
  introspection: false,
  plugins: [ApolloServerPluginCacheControlDisabled(), fastifyApolloDrainPlugin(app), guard],
  stopOnTerminationSignals: false,
});
await apollo.start();
const key = `Bearer ${setting("BENCH_KEY")}`;
await app.register(fastifyApollo(apollo), {
  context: async ({ headers }) => {
    if (headers.authorization !== key) throw new GraphQLError("unknown key");
    return { ...contextFor(services), caller };
  },
});
await serveUntilStopped(await app.listen({ host: "127.0.0.1", port: 0 }), async () => {
  await app.close();
  await apollo.stop();
  await Promise.all([closeServices(services), log.close()]);
});

// PostGraphile 5: the API made of the database's own tables, and PostgreSQL's row-level security in place of rules: a row is
// visible where its person consents to the application that asks (bench/databases.ts). It answers what lies in one database.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { listening, serveUntilStopped, setting } from "./settings.mjs";

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: setting("BENCH_GUARDED_URL"),
      schemas: ["public"],
      poolConfig: { max: Number(setting("BENCH_POOL_SIZE")) },
    }),
  ],
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false },
  // Read by the policies, in the transaction of each request.
  grafast: { context: () => ({ pgSettings: { "bench.application": "bench" } }), explain: false },
});
const server = createServer();
const served = instance.createServ(grafserv);
await served.addTo(server);
await serveUntilStopped(await listening(server), async () => {
  server.close();
  server.closeAllConnections();
  await instance.release();
});

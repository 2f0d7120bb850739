// The yardstick: the same three queries as a good team would write them by hand with Apollo Server, fastify, pg and
// DataLoader, on the same databases. No keys, no rules, no pairwise ids, no record.
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled } from "@apollo/server/plugin/disabled";
import fastifyApollo, { fastifyApolloDrainPlugin } from "@as-integrations/fastify";
import fastify from "fastify";
import { openDatabases } from "./database.js";
import { contextFor, type Context } from "./loaders.js";
import { resolvers } from "./resolvers.js";
import { typeDefs } from "./schema.js";

const variable = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

export async function main(): Promise<void> {
  const databases = openDatabases({
    families: variable("BENCH_FAMILIES_URL"),
    education: variable("BENCH_EDUCATION_URL"),
    poolSize: Number(variable("BENCH_POOL_SIZE")),
  });
  const app = fastify();
  const apollo = new ApolloServer<Context>({
    typeDefs,
    resolvers,
    introspection: false,
    // Its default instruments every field, which would be an unfair yardstick for lists.
    plugins: [ApolloServerPluginCacheControlDisabled(), fastifyApolloDrainPlugin(app)],
    stopOnTerminationSignals: false,
  });
  await apollo.start();
  await app.register(fastifyApollo(apollo), { context: () => Promise.resolve(contextFor(databases)) });
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  process.stdout.write(`Ready: ${address}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await app.close();
  await apollo.stop();
  await Promise.all([databases.families.end(), databases.education.end()]);
}

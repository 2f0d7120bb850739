// The yardstick: the queries as a good team would write them by hand with Apollo Server, fastify, pg and DataLoader, on the
// same services. No keys, no rules, no pairwise ids, no record.
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled } from "@apollo/server/plugin/disabled";
import fastifyApollo, { fastifyApolloDrainPlugin } from "@as-integrations/fastify";
import fastify from "fastify";
import { contextFor } from "./loaders.mjs";
import { resolvers } from "./resolvers.mjs";
import { typeDefs } from "./schema.mjs";
import { closeServices, openServices } from "./services.mjs";
import { serveUntilStopped } from "./settings.mjs";

const services = openServices();
const app = fastify();
const apollo = new ApolloServer({
  typeDefs,
  resolvers,
  introspection: false,
  // Its default instruments every field, which would be an unfair yardstick for lists.
  plugins: [ApolloServerPluginCacheControlDisabled(), fastifyApolloDrainPlugin(app)],
  stopOnTerminationSignals: false,
});
await apollo.start();
await app.register(fastifyApollo(apollo), { context: () => Promise.resolve(contextFor(services)) });
await serveUntilStopped(await app.listen({ host: "127.0.0.1", port: 0 }), async () => {
  await app.close();
  await apollo.stop();
  await closeServices(services);
});

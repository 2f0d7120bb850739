// As `bare`, on GraphQL Yoga over node:http, with its defaults for production (parsing and validation are cached).
import { createSchema, createYoga } from "graphql-yoga";
import { createServer } from "node:http";
import { contextFor } from "./loaders.mjs";
import { resolvers } from "./resolvers.mjs";
import { typeDefs } from "./schema.mjs";
import { closeServices, openServices } from "./services.mjs";
import { listening, serveUntilStopped } from "./settings.mjs";

const services = openServices();
const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  context: () => contextFor(services),
  graphiql: false,
  landingPage: false,
  logging: false,
});
const server = createServer(yoga);
await serveUntilStopped(await listening(server), async () => {
  server.close();
  server.closeAllConnections();
  await closeServices(services);
});

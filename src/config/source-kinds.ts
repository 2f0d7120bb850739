// The kinds of sources that gateway.yaml may name; each has a file of its own.
import * as z from "zod";
import type { AddressContext } from "./shapes.js";
import { filesKind } from "./source-files.js";
import { graphqlKind } from "./source-graphql.js";
import { ngsiLdKind } from "./source-ngsi-ld.js";
import { postgresKind } from "./source-postgres.js";
import { restKind } from "./source-rest.js";

export const sourceKinds = (context: AddressContext) =>
  z.discriminatedUnion("kind", [
    postgresKind(context),
    graphqlKind(context),
    restKind(context),
    ngsiLdKind(context),
    filesKind(),
  ]);

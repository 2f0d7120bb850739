// The API schema of a version's shared datasets, made without reaching any source.
import type { GraphQLSchema } from "graphql";
import { deriveApiSchema, type Catalogue } from "../catalogue/index.js";
import { openSources, type SourceSettings } from "../sources/index.js";
import type { Session } from "./session.js";

export async function wholeSchema({ town, tenant }: Session, catalogue: Catalogue): Promise<GraphQLSchema> {
  const { pageSize, defaultPageSize } = town.settings.limits;
  // Nothing is connected to: what a kind of source can do is known without asking it.
  const sources = openSources(new Map([...tenant.sources].map(([name, each]) => [name, somewhere(each)])));
  try {
    const abilities = (name: string) => {
      const source = sources.get(name);
      if (source === undefined) throw new Error(`gateway.yaml has no source ${name}`);
      return source.abilities;
    };
    return deriveApiSchema(catalogue, abilities, { pageSize, defaultPageSize });
  } finally {
    await Promise.all([...sources.values()].map((source) => source.close()));
  }
}

/** A demo service has no address before it runs. */
function somewhere(source: SourceSettings): SourceSettings {
  const isDemo = source.kind !== "files" && source.url.startsWith("demo:");
  return isDemo ? { ...source, url: "http://demo.invalid/" } : source;
}

// What both of our Apollo Servers have in common: they cache nothing, report to nobody, and quote no error.
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";
import type { Report } from "./report.js";

export const silentPlugins = () => [
  // Its default instruments every field; our answers are never cached.
  ApolloServerPluginCacheControlDisabled(),
  // Named one by one: a variable of the environment must not switch on reporting to a third party.
  ApolloServerPluginUsageReportingDisabled(),
  ApolloServerPluginSchemaReportingDisabled(),
  ApolloServerPluginInlineTraceDisabled(),
  ApolloServerPluginLandingPageDisabled(),
];

/** @param tokens lexical tokens of a document, at most */
export const quietApollo = (tokens: number, report: Report, documents = new KnownDocuments()) => ({
  nodeEnv: "production",
  logger: silentLogger(report),
  documentStore: documents.store,
  parseOptions: { maxLexicalTokens: tokens, maxComments: tokens },
  hideSchemaDetailsFromClientErrors: true,
  includeStacktraceInErrorResponses: false,
  allowBatchedHttpRequests: false,
  persistedQueries: false as const,
  csrfPrevention: true,
  stopOnTerminationSignals: false,
});

/**
 * Documents that were parsed, by the name that Apollo was given of their text. No decision lies in one, so that agreements
 * may share them (law 12).
 */
export class KnownDocuments {
  readonly #documents = new LRUCache<string, DocumentNode>({
    max: 500,
    // Characters of text: a syntax tree takes about a hundred times as many bytes.
    maxSize: 300_000,
    sizeCalculation: (document) => Math.max(1, document.loc?.source.body.length ?? 10_000),
  });

  /** For Apollo, which writes the hash of its schema and a colon before each name. */
  readonly store = {
    get: (key: string) => Promise.resolve(this.of(named(key))),
    set: (key: string, document: DocumentNode) => {
      this.#documents.set(named(key), document);
      return Promise.resolve();
    },
    delete: (key: string) => Promise.resolve(this.#documents.delete(named(key))),
  };

  of(name: string): DocumentNode | undefined {
    return this.#documents.get(name);
  }
}

const named = (key: string): string => key.slice(key.indexOf(":") + 1);

/** Apollo's lines quote errors, so that only the fact that there was one is passed on (law 11). */
function silentLogger(report: Report) {
  const tell = (level: string) => () => report({ event: "graphql-server", request: null, name: level, frames: [] });
  const silent = (): void => undefined;
  return { debug: silent, info: silent, warn: tell("warn"), error: tell("error") };
}

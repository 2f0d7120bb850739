// A tenant's sources as `gateway.yaml` names them, each opened by its kind's room and checked.
import { checkedSource } from "./checked-source.js";
import { type FilesSettings, filesSource } from "./files/index.js";
import { type GraphqlSettings, graphqlSource } from "./graphql/index.js";
import { type NgsiLdSettings, ngsiLdSource } from "./ngsi-ld/index.js";
import { postgresSource } from "./postgres/index.js";
import { type RestSettings, restSource } from "./rest/index.js";
import type { FileFault } from "../terms/index.js";
import { type CircuitChange, type Resilience, resilientSource } from "./resilient-source.js";
import type { PaceSettings, ResilienceSettings } from "./resilience-settings.js";
import type { WatchedSource } from "./source-health.js";
import type { Source } from "./source.js";

export interface PostgresSettings extends PaceSettings {
  readonly kind: "postgres";
  /** `postgres://user:password@host:port/database`; a demo address is resolved before it comes here. */
  readonly url: string;
  /** Connections at most; 5 unless set. */
  readonly poolSize?: number | undefined;
  /** Milliseconds that the service may work on one statement; 5,000 unless set. */
  readonly statementTimeoutMs?: number | undefined;
  /** Statements that come again are kept by the server; true unless set. */
  readonly prepared?: boolean | undefined;
}

type ServiceSettings = PostgresSettings | GraphqlSettings | NgsiLdSettings | (RestSettings & { readonly kind: "rest" });

export type SourceSettings = FilesSettings | (ServiceSettings & ResilienceSettings);

/** Told what is wrong with a file of a source whenever that is something else; nothing: all is well again. */
type ReportFaults = (source: string, file: string, faults: readonly FileFault[]) => void;

export interface SourceReports {
  readonly faults?: ReportFaults | undefined;
  /** Told when a service is left alone since it fails, and when it answers again. */
  readonly circuit?: ((change: CircuitChange) => void) | undefined;
}

/** Nothing is connected to yet. Each source is to be closed by the caller. */
export function openSources(
  settings: ReadonlyMap<string, SourceSettings>,
  { faults, circuit }: SourceReports = {},
): ReadonlyMap<string, WatchedSource> {
  return new Map(
    [...settings].map(([name, source]) => [
      name,
      resilientSource(checkedSource(open(name, source, faults)), resilienceOf(source), circuit),
    ]),
  );
}

/** Files are at hand: there is nobody to be left alone, and a mended file counts at once. */
function resilienceOf(settings: SourceSettings): Resilience {
  if (settings.kind === "files") return { retries: 0, breaker: null, staleMs: null };
  const { retries = 2, breaker: { failures = 5, openMs = 10_000 } = {}, staleFor } = settings;
  return { retries, breaker: { failures, openMs }, staleMs: staleFor ?? null };
}

function open(name: string, settings: SourceSettings, report?: ReportFaults): Source {
  switch (settings.kind) {
    case "postgres": {
      const { url, poolSize = 5, statementTimeoutMs = 5_000, callsPerSecond, prepared } = settings;
      return postgresSource({ name, url, poolSize, statementTimeoutMs, callsPerSecond, prepared });
    }
    case "files":
      return filesSource({ ...settings, name, report: (file, faults) => report?.(name, file, faults) });
    case "graphql":
      return graphqlSource({ ...settings, name });
    case "ngsi-ld":
      return ngsiLdSource({ ...settings, name });
    case "rest":
      return restSource({ ...settings, name });
  }
}

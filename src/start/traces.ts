// Requests as OpenTelemetry traces, handed to a collector by OTLP over HTTP. The only place that knows OpenTelemetry. Made
// after the answer is decided, from what was timed; a collector that hangs or is away costs traces, never an answer.
//
// Law 11: attributes are our own words, the town's names (tenants, datasets) and figures. No agreement, no entry, no
// operation, no value, no address of a client.
import { randomInt } from "node:crypto";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags, type Context } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { RequestTrace } from "../gateway/index.js";

export interface TraceSettings {
  /** Where the collector takes traces: `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string;
  /** The part of requests that are traced where their application does not say: 0 to 1. */
  readonly share: number;
  /** Traces of a minute at most, whatever applications say. */
  readonly perMinute: number;
  readonly version: string;
}

export interface Traces {
  /** Never throws, never waits. */
  add(request: RequestTrace): void;
  /** Hands over what it has, within two seconds. */
  close(): Promise<void>;
}

/** Law 13: beyond it spans are dropped. */
const maxSpans = 2_048;
const exportMs = 3_000;
const closeMs = 2_000;

export function openTraces(settings: TraceSettings): Traces {
  const exporter = new OTLPTraceExporter({ url: settings.url, timeoutMillis: exportMs, concurrencyLimit: 2 });
  const provider = new BasicTracerProvider({
    // Nothing is found out about the machine: what is told of it is this.
    resource: resourceFromAttributes({ "service.name": "passerelle", "service.version": settings.version }),
    sampler: new AlwaysOnSampler(),
    spanProcessors: [
      new BatchSpanProcessor(exporter, {
        maxQueueSize: maxSpans,
        maxExportBatchSize: 256,
        scheduledDelayMillis: 2_000,
        exportTimeoutMillis: exportMs,
      }),
    ],
  });
  const tracer = provider.getTracer("passerelle");
  const chosen = sampling(settings);
  return {
    add(request) {
      try {
        if (chosen(request.traceparent)) addSpans(tracer, request);
      } catch {
        // A trace that cannot be made is none.
      }
    },
    close: async () => {
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((done) => (timer = setTimeout(done, closeMs)));
      await Promise.race([provider.shutdown().catch(() => undefined), enough]);
      clearTimeout(timer);
    },
  };
}

/** An application that traces says so in its `traceparent`, and is followed as far as the bound goes. */
function sampling({ share, perMinute }: TraceSettings): (traceparent: string | null) => boolean {
  let [minute, left] = [0, perMinute];
  return (traceparent) => {
    const asked = traceparent === null ? randomInt(1_000_000) < share * 1_000_000 : sampledByCaller(traceparent);
    if (!asked) return false;
    const current = Math.floor(Date.now() / 60_000);
    if (current !== minute) [minute, left] = [current, perMinute];
    left -= 1;
    return left >= 0;
  };
}

/** W3C trace context: the lowest bit of the flags. */
const sampledByCaller = (traceparent: string): boolean => (Number.parseInt(traceparent.slice(53), 16) & 1) === 1;

function addSpans(tracer: ReturnType<BasicTracerProvider["getTracer"]>, request: RequestTrace): void {
  const { tenant, kind, codes, status, from, to, steps } = request;
  const attributes = { "passerelle.tenant": tenant, "passerelle.outcome": kind, "http.response.status_code": status };
  const root = tracer.startSpan(
    "request",
    {
      kind: SpanKind.SERVER,
      startTime: from,
      attributes: codes.length === 0 ? attributes : { ...attributes, "passerelle.codes": [...codes] },
    },
    parentOf(request.traceparent),
  );
  if (kind === "failed" || kind === "unrecorded") root.setStatus({ code: SpanStatusCode.ERROR });
  const within = trace.setSpan(ROOT_CONTEXT, root);
  for (const { name, dataset, rows, failed, from: began, to: ended } of steps) {
    const told = {
      ...(dataset === null ? {} : { "passerelle.dataset": dataset }),
      ...(rows === null ? {} : { "passerelle.rows": rows }),
    };
    const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL, startTime: began, attributes: told }, within);
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(ended);
  }
  root.end(to);
}

/** Its grammar was checked for the entry already. */
function parentOf(traceparent: string | null): Context {
  if (traceparent === null) return ROOT_CONTEXT;
  const [, traceId = "", spanId = ""] = traceparent.split("-");
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
}

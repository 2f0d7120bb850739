// A source of kind `ngsi-ld` in gateway.yaml. Its settings' meaning stands in src/sources/ngsi-ld/settings.ts.
import * as z from "zod";
import { httpAddress, httpHeaders, keyed } from "./http-shapes.js";
import { httpResilience } from "./resilience-shapes.js";
import { allowLoopback, checkHosts } from "./service-host.js";
import { alwaysWhen, count, isRecord, type AddressContext } from "./shapes.js";

const typePattern = /^[A-Za-z][A-Za-z0-9_.:/#-]{0,255}$/;

const attribute = z
  .string()
  .regex(/^(?!(?:id|type)$)[A-Za-z][A-Za-z0-9_:/#-]{0,255}$/, { error: "must be the name of an attribute" });

/** The connector reads it: src/sources/ngsi-ld/series.ts. */
const durationPattern = /^P(?=\d|T\d)(?=.*[1-9])(\d{1,4}W)?(\d{1,4}D)?(T(?=\d)(\d{1,5}H)?(\d{1,6}M)?)?$/;
const seriesPattern = /^(?![^/]*\/(?:id|type)$)[A-Za-z][A-Za-z0-9_.:#-]{0,255}\/[A-Za-z][A-Za-z0-9_:#-]{0,255}$/;

const series = z.strictObject({
  since: z
    .string()
    .regex(durationPattern, { error: "must be a duration in weeks, days, hours or minutes, like P30D or PT12H" })
    .describe("How far back the values go that are shared, like P30D: older ones are not in the dataset."),
  lastN: z
    .boolean()
    .default(false)
    .describe(
      "Whether the broker's lastN are the latest by observedAt, as the specification has it. Default: false, lastN is not asked for.",
    ),
});

export const ngsiLdKind = (context: AddressContext) =>
  z
    .strictObject({
      kind: z.literal("ngsi-ld").describe("What the service is."),
      url: httpAddress(context, "The broker's address, above /ngsi-ld/v1.", "broker"),
      allowLoopback,
      tenant: z
        .string()
        .regex(/^[A-Za-z0-9_.-]{1,255}$/, { error: 'must be letters, digits, "_", "-" and "."' })
        .optional()
        .describe("The broker's tenant (NGSILD-Tenant)."),
      context: z
        .url({ protocol: /^https?$/, error: "must be an http:// or https:// address" })
        .optional()
        .describe(
          "Address of the @context that types and attributes are named in. The broker reads it, not the gateway.",
        ),
      headers: httpHeaders(context),
      form: z
        .enum(["normalized", "keyValues"])
        .default("normalized")
        .describe("How the broker is asked to write entities. Default: normalized."),
      always: keyed(typePattern, "must be the name of a type of entities", attribute)
        .optional()
        .describe("By type: an attribute that every entity of it has. It saves a request for most lists."),
      geoQueries: z
        .boolean()
        .default(true)
        .describe("Whether the broker can be asked by place (georel). false: all entities are read. Default: true."),
      temporal: keyed(seriesPattern, 'must be a type and an attribute: "AirQualityObserved/no2"', series)
        .optional()
        .describe("Values over time, by what @dataset(from:) names: the type of entity, a slash, the attribute."),
      pageSize: count("Entities of one page.", 1_000, 1_000),
      timeoutMs: count("Milliseconds of one request.", 5_000, 600_000),
      ...httpResilience,
      maxBytes: count("Bytes of one answer.", 10_000_000, 1_000_000_000),
      maxRows: count(
        "Entities, or values over time, read from the broker, at most, to give one answer.",
        10_000,
        1_000_000,
      ),
    })
    .superRefine((value: unknown, issues) => checkHosts(value, issues, ["url"]), alwaysWhen(isRecord));

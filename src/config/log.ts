// `log:` of a tenant in gateway.yaml: what the access log is called, who sees its checkpoints, who dates them.
import { join } from "node:path";
import * as z from "zod";
import { hostFault } from "./service-host.js";
import { alwaysWhen, environmentValue, inside, isRecord, resolvedText, text, type AddressContext } from "./shapes.js";
import type { Place } from "./yaml-faults.js";

export interface LogSettings {
  /** The log's name in its checkpoints and of its keys: a web address without `https://`. */
  readonly origin: string;
  /** What it was called before: checkpoints of then still verify. */
  readonly formerly: readonly string[];
  readonly witnesses: readonly WitnessSettings[];
  /** Null: nobody dates the checkpoints. */
  readonly timestamps: TimestampSettings | null;
  /** Where in gateway.yaml something of this stands, below `log`. */
  readonly placeOf: (path: readonly string[]) => Place;
}

export interface WitnessSettings {
  readonly name: string;
  /** Where it takes checkpoints; null: it comes for them itself. */
  readonly url: string | null;
  /** `name+id+base64`, not yet read. */
  readonly key: string;
}

export interface TimestampSettings {
  /** `required`: a log without a recent timestamp is told as an alarm, and does not verify. */
  readonly mode: "best-effort" | "required";
  readonly url: string;
  /** Certificates in PEM that an authority's must lead to; absolute. */
  readonly certificate: string;
  readonly everyMs: number;
}

const originPattern = /^(?!.*:\/\/)[^\s+\p{C}]{1,200}$/u;
const origin = z.string().regex(originPattern, {
  error: 'must be a web address without https://, spaces and "+", like data.rivemont.example/log/rivemont',
});

const address = (context: AddressContext, what: string) =>
  resolvedText(context.env, (written) => {
    const variable = environmentValue(written, context.env);
    if (variable !== null && "fault" in variable) return variable.fault;
    const fault = addressFault(variable?.value ?? written);
    return fault !== null && variable !== null ? `the environment variable ${variable.variable} ${fault}` : fault;
  }).describe(what);

/** What comes back is signed, so http:// will do; what nobody means to ask is refused. */
function addressFault(written: string): string | null {
  const url = URL.parse(written);
  if (url === null || !["https:", "http:"].includes(url.protocol)) return "must be an https:// or http:// address";
  if (url.username !== "" || url.password !== "" || url.hash !== "")
    return 'must not have a user, a password, or a part behind "#"';
  return hostFault(written, true);
}

const witness = (context: AddressContext) =>
  z.strictObject({
    name: text("Who it is, as the console shows it: the DPO's own machine."),
    url: address(
      context,
      "Where it takes checkpoints (`passerelle witness serve`): an address or env:NAME. Absent: it comes for them itself.",
    ).optional(),
    key: z
      .string()
      .regex(/^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/, {
        error: "must be the witness's public key as it prints it at its start: name+id+base64",
      })
      .describe("Its public key, as it prints it at its start: name+id+base64."),
  });

const every = z
  .string()
  .regex(/^(PT([1-9]|[1-9]\d)M|PT([1-9]|1\d|2[0-4])H|P([1-9]|[12]\d|30)D)$/, {
    error: "must be minutes, hours or days, such as PT1H, from PT1M to P30D",
  })
  .default("PT1H")
  .describe("How old the newest timestamp may become before another is asked for. Default: PT1H.");

const timestamps = (context: AddressContext) =>
  z
    .strictObject({
      mode: z
        .enum(["off", "best-effort", "required"])
        .default("off")
        .describe(
          "required: a log without a recent timestamp is an alarm and does not verify; answers leave all the same. Default: off.",
        ),
      url: address(context, "The timestamping authority (RFC 3161 over HTTP): an address or env:NAME.").optional(),
      certificate: inside.optional().describe("File of the town folder with the authority's root certificate, in PEM."),
      every,
    })
    .superRefine((value, issues) => {
      if (value["mode"] === undefined || value["mode"] === "off") return;
      for (const key of ["url", "certificate"])
        if (value[key as "url"] === undefined) issues.addIssue({ code: "custom", path: [key], message: "is missing" });
    }, alwaysWhen(isRecord));

export const log = (context: AddressContext) =>
  z
    .strictObject({
      origin: origin
        .optional()
        .describe(
          "The log's name, which no other log in the world should have. Default: passerelle/ and the tenant's name. Chosen once: to witnesses another name is another log.",
        ),
      formerly: z.array(origin).default([]).describe("What the log was called before."),
      witnesses: z
        .array(witness(context))
        .max(16)
        .default([])
        .superRefine(
          (list, issues) => {
            for (const key of ["name", "key"] as const) refuseTwice(list, key, issues);
          },
          alwaysWhen((value): value is unknown[] => Array.isArray(value)),
        )
        .describe("Machines of others that see every checkpoint (docs/access-log-proof.md)."),
      timestamps: timestamps(context).prefault({}).describe("Who dates the checkpoints (RFC 3161)."),
    })
    .describe("How the access log is proved (docs/access-log-proof.md).");

function refuseTwice(list: readonly unknown[], key: "name" | "key", issues: z.core.$RefinementCtx): void {
  const seen = new Set<unknown>();
  for (const [index, each] of list.entries()) {
    const value = isRecord(each) ? each[key] : undefined;
    if (value !== undefined && seen.has(value))
      issues.addIssue({ code: "custom", path: [index, key], message: "stands here twice" });
    seen.add(value);
  }
}

export type LogFile = z.output<ReturnType<typeof log>>;

const originOf = (tenant: string, file: LogFile): string => file.origin ?? `passerelle/${tenant}`;

/** Two logs under one name would be one log with two histories: every witness would alarm. */
export function refuseSameOrigin(
  tenants: Readonly<Record<string, { readonly log: LogFile }>>,
  issues: z.core.$RefinementCtx,
): void {
  const seen = new Set<string>();
  for (const [tenant, { log: file }] of Object.entries(tenants)) {
    const name = originOf(tenant, file);
    const message = `"${name}" is another tenant's log already`;
    if (seen.has(name)) issues.addIssue({ code: "custom", path: ["tenants", tenant, "log", "origin"], message });
    seen.add(name);
  }
}

const unitMs: Readonly<Record<string, number>> = { M: 60_000, H: 3_600_000, D: 86_400_000 };
const durationMs = (duration: string): number =>
  Number(/\d+/.exec(duration)?.[0] ?? 0) * (unitMs[duration.at(-1) ?? ""] ?? 0);

/** @param home the town folder, absolute */
export function logSettings(home: string, tenant: string, file: LogFile, placeOf: LogSettings["placeOf"]): LogSettings {
  const { mode, url, certificate, every: often } = file.timestamps;
  return {
    origin: originOf(tenant, file),
    formerly: file.formerly,
    witnesses: file.witnesses.map(({ url: at, ...each }) => ({ ...each, url: at ?? null })),
    timestamps:
      mode === "off" || url === undefined || certificate === undefined
        ? null
        : { mode, url, certificate: join(home, certificate), everyMs: durationMs(often) },
    placeOf,
  };
}

// What sources that are reached by HTTP have in common in gateway.yaml.
import * as z from "zod";
import { alwaysWhen, environmentValue, isRecord, resolvedText, type AddressContext } from "./shapes.js";

/** Of an internal service: `https://mobility.internal/graphql`. `demo`: the demo's service of this kind, if it has one. */
export const httpAddress = (context: AddressContext, what: string, demo: string | null = null) =>
  resolvedText(context.env, (written) => {
    // As written only: a variable holds an address of the town, never one of the demo.
    if (demo !== null && written.startsWith("demo:"))
      return written === `demo:${demo}` ? context.demoRefused : `the demo's service of this kind is demo:${demo}`;
    const variable = environmentValue(written, context.env);
    if (variable !== null && "fault" in variable) return variable.fault;
    const fault = addressFault(variable?.value ?? written);
    return fault !== null && variable !== null ? `the environment variable ${variable.variable} ${fault}` : fault;
  }).describe(
    `${what} env:NAME (read from the environment), or https://… without a password${demo === null ? "" : `, or demo:${demo} (demo only)`}.`,
  );

/** What is wrong with an address, without repeating it. */
function addressFault(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return "must be an http:// or https:// address";
  if (url.username !== "" || url.password !== "")
    return "must not hold a user or password: put it in a header, read from the environment";
  return url.search !== "" || url.hash !== "" ? 'must not have a part behind "?" or "#"' : null;
}

/** What the connection or the connector decides. */
const ownHeaders = /^(accept|connection|content-.*|expect|host|keep-alive|link|te|trailer|transfer-encoding|upgrade)$/i;
const secretHeaders = /auth|cookie|key|token|secret|password/i;

/** Sent with every request. Values that could be secrets are read from the environment. */
export const httpHeaders = ({ env }: AddressContext) =>
  z
    .record(z.string(), z.string())
    .superRefine((headers, issues) => {
      for (const [name, written] of Object.entries(headers)) {
        const message = headerFault(name, String(written), env);
        if (message !== null) issues.addIssue({ code: "custom", path: [name], message });
      }
    }, alwaysWhen(isRecord))
    .transform((headers) =>
      Object.fromEntries(Object.entries(headers).map(([name, written]) => [name, resolved(written, env) ?? ""])),
    )
    .optional()
    .describe("Headers of every request, by name. What could be a secret is written env:NAME.");

function resolved(written: string, env: AddressContext["env"]): string | null {
  const variable = environmentValue(written, env);
  if (variable === null) return written;
  return "fault" in variable ? null : variable.value;
}

/** What is wrong with a header, without repeating its value. */
function headerFault(name: string, written: string, env: AddressContext["env"]): string | null {
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(name)) return 'a header\'s name is letters, digits and "-"';
  if (ownHeaders.test(name)) return "this header is the gateway's own";
  const variable = environmentValue(written, env);
  if (variable === null && secretHeaders.test(name))
    return "a secret is never written here: put it in the environment and write env:NAME";
  if (variable !== null && "fault" in variable) return variable.fault;
  return /^[\x20-\x7e]+$/.test(variable?.value ?? written) ? null : "must be printable ASCII in one line";
}

/** A mapping whose keys are the service's own names. */
export function keyed<T extends z.ZodType>(pattern: RegExp, message: string, values: T) {
  return z
    .record(z.string(), values)
    .superRefine((entries, issues) => {
      for (const key of Object.keys(entries)) {
        if (!pattern.test(key)) issues.addIssue({ code: "custom", path: [key], message, params: { onKey: true } });
      }
    }, alwaysWhen(isRecord))
    .meta({ propertyNames: { pattern: pattern.source } });
}

// A source of kind `postgres` in gateway.yaml.
import * as z from "zod";
import { resilience } from "./resilience-shapes.js";
import { count, environmentValue, resolvedText, type AddressContext } from "./shapes.js";

export const postgresKind = (context: AddressContext) =>
  z.strictObject({
    kind: z.literal("postgres").describe("What the service is."),
    url: resolvedText(context.env, (url) => addressFault(url, context)).describe(
      "env:NAME (read from the environment), postgres://… without a password, or embedded:NAME (demo only).",
    ),
    poolSize: count("Connections at most.", 4, 100),
    statementTimeoutMs: count("Milliseconds that one statement may take.", 5_000, 600_000),
    prepared: z
      .boolean()
      .default(true)
      .describe("false: the server keeps no statement of ours. For a pooler that stumbles over prepared statements."),
    ...resilience,
  });

const embeddedName = /^embedded:[a-z][a-z0-9_]{0,62}$/;

/** What is wrong with the address of a source, without repeating the address: it may hold a password. */
function addressFault(url: string, { env, demoRefused }: AddressContext): string | null {
  const variable = environmentValue(url, env);
  if (variable !== null && "fault" in variable) return variable.fault;
  if (variable !== null)
    return isPostgresAddress(variable.value)
      ? null
      : `the environment variable ${variable.variable} does not hold a postgres:// address`;
  if (url.startsWith("embedded:")) {
    if (!embeddedName.test(url)) return 'embedded: needs a database\'s name: small letters, digits and "_"';
    return demoRefused;
  }
  if (!isPostgresAddress(url)) return "must be env:NAME, a postgres:// address, or embedded:NAME for a demo database";
  const address = new URL(url);
  const secret =
    address.password !== "" || [...address.searchParams.keys()].some((key) => /^(ssl)?password$/i.test(key));
  return secret
    ? "a password is never written here: put the whole address in the environment and write env:NAME"
    : null;
}

export function isPostgresAddress(url: string): boolean {
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  return protocol === "postgres:" || protocol === "postgresql:";
}

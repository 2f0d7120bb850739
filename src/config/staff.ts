// `staff:` in gateway.yaml: where the towns' own people sign in to the console.
import * as z from "zod";
import { addressFault, scope, secretFault } from "./citizens.js";
import { resolvedText, text, type AddressContext } from "./shapes.js";

export interface StaffSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly acrValues: readonly string[];
  /** Origin of our own site, as browsers reach it. */
  readonly publicUrl: string;
  readonly trustEmail: boolean;
}

export const staff = (context: AddressContext) =>
  z
    .strictObject({
      issuer: resolvedText(context.env, (written) => addressFault(written, context.env, { path: true })).describe(
        "The OpenID Connect provider, as it writes itself (`issuer`): https://… or env:NAME.",
      ),
      clientId: text("Our client id at the provider."),
      clientSecret: resolvedText(context.env, (written) => secretFault(written, context.env)).describe(
        "Our client's secret at the provider: env:NAME.",
      ),
      scopes: z
        .array(scope)
        .default(["openid", "profile", "email"])
        .refine((scopes) => scopes.includes("openid"), { error: "openid must be among them" })
        .describe("What is asked of the provider. Default: openid, profile, email."),
      acrValues: z
        .array(scope)
        .default([])
        .describe("How sure the provider has to be of the person, one of these. Default: whatever it does."),
      publicUrl: resolvedText(context.env, (written) => addressFault(written, context.env, { path: false })).describe(
        "Our own site as browsers reach it: https://data.rivemont.fr. People come back to it after signing in.",
      ),
      trustEmail: z
        .boolean()
        .default(false)
        .describe(
          "The provider vouches for every e-mail address that it gives, and does not say `email_verified` (ProConnect). Default: false.",
        ),
    })
    .optional()
    .describe("How the town's people sign in to the console (docs/console.md). Absent: they cannot.");

export type StaffFile = z.output<ReturnType<typeof staff>>;

export const staffSettings = (file: StaffFile): StaffSettings | null =>
  file === undefined ? null : { ...file, publicUrl: new URL(file.publicUrl).origin };

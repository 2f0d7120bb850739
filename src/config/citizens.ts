// `citizens:` of a tenant in gateway.yaml: where its people sign in, and how they are found in its registers.
import * as z from "zod";
import type { GuardianSettings, SchemeSettings } from "../gateway/index.js";
import { keyed } from "./http-shapes.js";
import { alwaysWhen, environmentValue, isRecord, named, resolvedText, text, type AddressContext } from "./shapes.js";
import type { Place } from "./yaml-faults.js";

export interface CitizenSettings {
  /** `demo:sign-in`: the demo's own provider, its address to be resolved at the start. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null in the demo alone, where the start makes one. */
  readonly clientSecret: string | null;
  readonly scopes: readonly string[];
  readonly acrValues: readonly string[];
  /** Origin of our own site; null in the demo alone: the address listened on. */
  readonly publicUrl: string | null;
  readonly tokens: { readonly audiences: readonly string[]; readonly scopes: readonly string[] };
  /** Application → its OIDC client; others have their own name. */
  readonly apps: ReadonlyMap<string, string>;
  readonly schemes: ReadonlyMap<string, SchemeSettings>;
  /** Where in gateway.yaml something of this stands, below `citizens`. */
  readonly placeOf: (path: readonly string[]) => Place;
}

const demoIssuer = "demo:sign-in";

/** Claims that people can change by themselves: whoever takes another's address would become that person. */
const unproved = new Set(["email", "phone_number", "nickname", "name", "sub"]);
const fieldName = z.string().regex(/^[a-zA-Z_][A-Za-z0-9_]*$/, { error: "must be the name of a field" });
export const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, { error: "must be a word without spaces" });

const match = keyed(
  /^[A-Za-z][A-Za-z0-9_]{0,63}$/,
  "a claim's name is letters, digits and _, like family_name",
  z.union([fieldName, z.array(fieldName).min(1)]).transform((fields) => [fields].flat()),
).superRefine((claims, issues) => {
  const refuse = (path: string[], message: string, params = {}) =>
    void issues.addIssue({ code: "custom", path, message, params });
  for (const claim of Object.keys(claims).filter((name) => unproved.has(name)))
    refuse([claim], "is no proof of who somebody is: match names and the date of birth", { onKey: true });
  if (!Object.hasOwn(claims, "birthdate"))
    refuse([], "birthdate must be among the claims: names alone are many people's");
  if (!Object.hasOwn(claims, "family_name") || !Object.hasOwn(claims, "given_name"))
    refuse([], "family_name and given_name must be among the claims: many people share a date of birth");
}, alwaysWhen(isRecord));

const guardians = z.strictObject({
  dataset: text("Dataset whose rows say who is guardian of whom. It need not be SHARED."),
  guardian: fieldName.describe("Its field with the guardian's key in the scheme."),
  ward: fieldName.describe("Its field with the child's key in the scheme."),
  from: fieldName.optional().describe("Its field with the first day."),
  until: fieldName.optional().describe("Its field with the last day."),
  born: fieldName.describe("The field of the scheme's own dataset with the date of birth: a child is below 18."),
});

const scheme = z.strictObject({
  dataset: text("Dataset with one row for each person: it has @subject of this scheme. It need not be SHARED."),
  match: match.describe(
    "Claim of the sign-in service → field, or list of fields, of the dataset (docs/citizens.md says how they are compared).",
  ),
  guardians: guardians.optional().describe("Where the guardians of children are kept."),
});

export const citizens = (context: AddressContext) =>
  z
    .strictObject({
      issuer: resolvedText(context.env, (written) => {
        if (written === demoIssuer) return context.demoRefused;
        if (written.startsWith("demo:")) return `the demo's sign-in service is ${demoIssuer}`;
        return addressFault(written, context.env, { path: true });
      }).describe(
        "The OpenID Connect provider, as it writes itself (`issuer`): https://…, env:NAME, or demo:sign-in (demo only).",
      ),
      clientId: text("Our client id at the provider."),
      clientSecret: resolvedText(context.env, (written) => secretFault(written, context.env))
        .optional()
        .describe("Our client's secret at the provider: env:NAME."),
      scopes: z
        .array(scope)
        .default(["openid", "profile"])
        .refine((scopes) => scopes.includes("openid"), { error: "openid must be among them" })
        .describe("What is asked of the provider. Default: openid, profile."),
      acrValues: z
        .array(scope)
        .default([])
        .describe("How sure the provider has to be, one of these: eidas1. Default: whatever it does."),
      publicUrl: resolvedText(context.env, (written) => addressFault(written, context.env, { path: false }))
        .optional()
        .describe(
          "Our own site as browsers reach it: https://data.rivemont.fr. People come back to it after signing in.",
        ),
      tokens: z
        .strictObject({
          audience: z
            .union([text(""), z.array(text("")).min(1)])
            .optional()
            .describe("`aud` of applications' access tokens, one of these. Default: our client id."),
          scopes: z.array(scope).default(["openid"]).describe("Scopes that a token must have. Default: openid."),
        })
        .prefault({})
        .describe("What an application's access token must hold besides."),
      apps: named("an application's name", text("Its client id at the provider."))
        .default({})
        .describe("Client ids of applications at the provider, where they are not the application's name."),
      schemes: named("a scheme's name", scheme)
        .refine((schemes) => Object.keys(schemes).length > 0, { error: "at least one scheme is needed" })
        .describe("How a signed-in person is found in the registers that @subject(scheme:) names."),
    })
    .superRefine((value, issues) => {
      if (value["issuer"] === demoIssuer) return;
      for (const key of ["clientSecret", "publicUrl"])
        if (value[key as "publicUrl"] === undefined)
          issues.addIssue({ code: "custom", path: [key], message: "is missing" });
    }, alwaysWhen(isRecord))
    .optional()
    .describe("How the town's people sign in (docs/citizens.md). Absent: they cannot.");

export type CitizensFile = z.output<ReturnType<typeof citizens>>;

/** What is wrong with a secret, without repeating it. */
export function secretFault(written: string, env: AddressContext["env"]): string | null {
  const variable = environmentValue(written, env);
  if (variable === null) return "a secret is never written here: put it in the environment and write env:NAME";
  return "fault" in variable ? variable.fault : null;
}

/** What is wrong with an address, without repeating it. Whether http:// can be is known once the mode is. */
export function addressFault(
  written: string,
  env: AddressContext["env"],
  allowed: { readonly path: boolean },
): string | null {
  const variable = environmentValue(written, env);
  if (variable !== null && "fault" in variable) return variable.fault;
  const fault = plainAddressFault(variable?.value ?? written, allowed);
  return fault !== null && variable !== null ? `the environment variable ${variable.variable} ${fault}` : fault;
}

function plainAddressFault(address: string, allowed: { readonly path: boolean }): string | null {
  const url = URL.parse(address);
  const local = url?.protocol === "http:" && isLoopback(url);
  if (url === null || !(url.protocol === "https:" || local)) return "must be an https:// address";
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    return 'must not have a user, a password, or a part behind "?" or "#"';
  return allowed.path || url.pathname === "/" ? null : "must be a site without a path";
}

const isLoopback = (url: URL): boolean => /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(url.hostname);

type SignInAddresses = { readonly issuer?: string; readonly publicUrl?: string | undefined } | undefined;

/** In production the way to the sign-in service and back is encrypted, whatever machine it ends on. */
export function refusePlainHttp(
  {
    tenants,
    staff,
  }: {
    readonly tenants: Readonly<Record<string, { readonly citizens?: CitizensFile }>>;
    readonly staff?: SignInAddresses;
  },
  mode: "development" | "production",
): z.core.$ZodIssueCustom[] {
  if (mode === "development") return [];
  const message = "must be an https:// address: http:// on this machine is for development alone";
  const found = (file: SignInAddresses, path: string[]): z.core.$ZodIssueCustom[] =>
    (["issuer", "publicUrl"] as const)
      .filter((key) => file?.[key]?.startsWith("http:") === true)
      .map((key) => ({ code: "custom", path: [...path, key], message, input: undefined }));
  return [
    ...found(staff, ["staff"]),
    ...Object.entries(tenants).flatMap(([tenant, { citizens: file }]) => found(file, ["tenants", tenant, "citizens"])),
  ];
}

export function citizenSettings(file: CitizensFile, placeOf: CitizenSettings["placeOf"]): CitizenSettings | null {
  if (file === undefined) return null;
  const { issuer, clientId, clientSecret, scopes, acrValues, publicUrl, tokens } = file;
  return {
    issuer,
    clientId,
    clientSecret: clientSecret ?? null,
    scopes,
    acrValues,
    publicUrl: publicUrl === undefined ? null : new URL(publicUrl).origin,
    tokens: { audiences: [tokens.audience ?? clientId].flat(), scopes: tokens.scopes },
    apps: new Map(Object.entries(file.apps)),
    schemes: new Map(
      Object.entries(file.schemes).map(([name, { dataset, match: claims, guardians: kept }]) => [
        name,
        { dataset, match: new Map(Object.entries(claims)), guardians: kept === undefined ? null : guardiansOf(kept) },
      ]),
    ),
    placeOf,
  };
}

const guardiansOf = ({ from, until, ...rest }: z.output<typeof guardians>): GuardianSettings => ({
  ...rest,
  from: from ?? null,
  until: until ?? null,
});

// Branded names: a string that was checked once keeps saying so to the compiler.
declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A local authority's short name, as in the path `/<tenant>/graphql`: `rivemont`. */
export type TenantName = Brand<string, "TenantName">;
/** An object type of `schema.graphql` bound to a source: `Resident`. */
export type DatasetName = Brand<string, "DatasetName">;
/** A schema coordinate of a dataset's field, `Resident.email` (GraphQL spec, "Schema Coordinates"). */
export type Coordinate = Brand<string, "Coordinate">;
/** An application's short name: `cantine-plus`. */
export type ApplicationName = Brand<string, "ApplicationName">;
/** A purpose listed in `gateway.yaml`: `school-meals`. */
export type PurposeName = Brand<string, "PurposeName">;
/** `application/purpose`, unique among the agreements in force: `cantine-plus/school-meals`. */
export type AgreementRef = Brand<string, "AgreementRef">;
/** An agreement's UUID; it outlives its versions. */
export type AgreementId = Brand<string, "AgreementId">;
/** The public part of a key, safe to log. */
export type KeyId = Brand<string, "KeyId">;
/** SHA-256 (64 hex digits) of `schema.graphql` and a tenant's policy files as applied together. */
export type PolicyVersionId = Brand<string, "PolicyVersionId">;
/** What stands for a person in our own tables: base64url, AES-SIV under the tenant's secret. */
export type SubjectToken = Brand<string, "SubjectToken">;

export const coordinate = (dataset: string, field: string): Coordinate => `${dataset}.${field}` as Coordinate;

export const agreementRef = (application: string, purpose: string): AgreementRef =>
  `${application}/${purpose}` as AgreementRef;

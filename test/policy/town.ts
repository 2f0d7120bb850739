// A small town to write rules about.
import { readCatalogue, type Catalogue } from "../../src/catalogue/index.js";
import { modelText, type PolicyNames, type VersionContent } from "../../src/policy/index.js";
import { formatFault, type TenantName } from "../../src/terms/index.js";

export const tenant = "rivemont" as TenantName;

export const schema = `
type Resident @dataset(source: "families", from: "public.residents", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", field: "number") {
  number: Int @column(name: "id")
  familyName: String @personal(category: "Name")
  birthDate: Date @personal(category: "DateOfBirth")
  email: String @personal(category: "EmailAddress") @group(name: "contact")
  phone: String @personal(category: "TelephoneNumber") @group(name: "contact")
  socialNumber: String @personal(category: "OfficialID")
  updatedAt: DateTime
  loans: [Loan!] @link(from: ["number"], to: ["residentNumber"])
}
type CarPark @dataset(source: "parking", from: "public.car_parks", open: true, status: SHARED) @key(fields: "code") {
  code: String
  name: String
  openedOn: Date
  spaces: Int
}
type Loan @dataset(source: "library", from: "public.loans", status: SHARED)
  @key(fields: "number") @subject(scheme: "resident", field: "residentNumber") {
  number: Int
  residentNumber: Int
  title: String @group(name: "reading")
  lentOn: Date
  diet: String @personal(category: "DietaryPreference", special: true) @group(name: "sensitive")
}
type Aid @dataset(source: "families", from: "public.aids", status: QUALIFIED) @key(fields: "number") {
  number: Int
  kind: String
}
`;

export const sources: ReadonlySet<string> = new Set(["families", "parking", "library"]);

export function catalogueOf(sdl: string): Catalogue {
  const { catalogue, faults } = readCatalogue(sdl, { file: "schema.graphql", sources });
  if (catalogue === null) throw new Error(faults.map(formatFault).join("\n"));
  return catalogue;
}

export const names: PolicyNames = {
  catalogue: catalogueOf(schema),
  purposes: new Set(["school-meals", "parking", "statistics"]),
  applications: new Set(["cantine-plus", "parkeasy", "biblio-stats"]),
};

export const rulesFile = "policies/rivemont/rules.csv";

/** @param files texts by path; model.conf is the product's own unless given (undefined: it is missing) */
export function contentOf(files: Readonly<Record<string, string | undefined>>, sdl = schema): VersionContent {
  const all = Object.entries({ "policies/model.conf": modelText, ...files });
  return {
    tenant,
    schema: sdl,
    files: new Map(all.flatMap(([path, text]) => (text === undefined ? [] : [[path, text]]))),
  };
}

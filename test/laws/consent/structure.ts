// The town of the consent laws, as data: from it come its schema.graphql, its tables, and the schema and tables of the copy
// from which closed cells were removed. In the copy every field and every link has columns of its own, so that one cell can
// be removed without another, a key or a link that happens to lie in the same column.
import { readMap, type TownMap } from "../map.js";

export type FieldType = "Int" | "String" | "Float" | "Date" | "Boolean";
export interface SubjectColumn {
  readonly scheme: string;
  readonly column: string;
}
export interface TownField {
  readonly kind: "field";
  readonly name: string;
  readonly type: FieldType;
  readonly column: string;
  readonly personal: boolean;
  readonly groups: readonly string[];
  /** Others whom this one cell is about. */
  readonly subjects: readonly SubjectColumn[];
}
export interface TownLink {
  readonly kind: "link";
  readonly name: string;
  readonly target: string;
  readonly many: boolean;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly groups: readonly string[];
}
export interface TownDataset {
  readonly name: string;
  readonly source: "people" | "money";
  readonly table: string;
  readonly many: string;
  /** One field. */
  readonly key: string;
  readonly columns: Readonly<Record<string, FieldType>>;
  readonly members: readonly (TownField | TownLink)[];
  readonly subjects: readonly (SubjectColumn & { readonly by: string })[];
}

type Extra = Partial<Pick<TownField, "personal" | "groups" | "subjects">>;
const field = (name: string, type: FieldType, column = name, extra: Extra = {}): TownField => ({
  kind: "field",
  ...{ name, type, column, personal: false, groups: [], subjects: [], ...extra },
});
const one = (name: string, target: string, from: string, to: string, groups: readonly string[] = []): TownLink => ({
  kind: "link",
  ...{ name, target, many: false, from: [from], to: [to], groups },
});
const many = (name: string, target: string, from: string, to: string, groups: readonly string[] = []): TownLink => ({
  kind: "link",
  ...{ name, target, many: true, from: [from], to: [to], groups },
});

const personal = { personal: true };
const contact = { personal: true, groups: ["contact"] };

export const structure: readonly TownDataset[] = [
  {
    ...{ name: "Household", source: "people", table: "household", many: "households", key: "code" },
    columns: { code: "Int", street: "String", size: "Int" },
    members: [
      field("code", "Int"),
      field("street", "String", "street", { groups: ["places"] }),
      field("size", "Int"),
      many("members", "Resident", "code", "household_id", ["links"]),
    ],
    subjects: [],
  },
  {
    ...{ name: "Resident", source: "people", table: "resident", many: "residents", key: "number" },
    columns: {
      ...{ id: "Int", name: "String", born: "Date", email: "String", phone: "String", score: "Int" },
      ...{ status: "String", active: "Boolean", doctor_id: "Int", household_id: "Int", card: "String" },
    },
    members: [
      field("number", "Int", "id"),
      field("name", "String", "name", personal),
      field("born", "Date", "born", personal),
      field("email", "String", "email", contact),
      field("phone", "String", "phone", contact),
      field("score", "Int"),
      field("status", "String"),
      field("active", "Boolean"),
      // About somebody else too.
      field("doctor", "Int", "doctor_id", { subjects: [{ scheme: "resident", column: "doctor_id" }] }),
      one("household", "Household", "household_id", "code"),
      many("accounts", "Account", "id", "person_id", ["links"]),
      many("loans", "Loan", "id", "borrower_id", ["links"]),
    ],
    subjects: [{ scheme: "resident", column: "id", by: `field: "number"` }],
  },
  {
    ...{ name: "Account", source: "money", table: "account", many: "accounts", key: "number" },
    columns: { number: "String", balance: "Float", label: "String", opened: "Date", person_id: "Int" },
    members: [
      field("number", "String", "number", personal),
      field("balance", "Float", "balance", personal),
      field("label", "String", "label", { groups: ["places"] }),
      field("opened", "Date"),
      one("holder", "Resident", "person_id", "id"),
      many("payments", "Payment", "number", "account_no"),
    ],
    subjects: [{ scheme: "resident", column: "person_id", by: `via: "holder"` }],
  },
  {
    ...{ name: "Loan", source: "money", table: "loan", many: "loans", key: "code" },
    columns: {
      ...{ code: "Int", title: "String", due: "Date", borrower_id: "Int", guarantor_id: "Int", card: "String" },
    },
    members: [
      field("code", "Int"),
      field("title", "String"),
      field("due", "Date"),
      // The same columns that say whom the row is about.
      field("borrower", "Int", "borrower_id", personal),
      field("guarantor", "Int", "guarantor_id", personal),
      field("card", "String", "card", personal),
      one("reader", "Resident", "borrower_id", "id", ["links"]),
    ],
    subjects: [
      { scheme: "resident", column: "borrower_id", by: `field: "borrower"` },
      { scheme: "resident", column: "guarantor_id", by: `field: "guarantor"` },
      { scheme: "card", column: "card", by: `field: "card"` },
    ],
  },
  {
    ...{ name: "Payment", source: "money", table: "payment", many: "payments", key: "code" },
    columns: { code: "Int", amount: "Float", note: "String", account_no: "String" },
    members: [
      field("code", "Int"),
      field("amount", "Float"),
      field("note", "String"),
      one("account", "Account", "account_no", "number"),
    ],
    subjects: [],
  },
];

export const datasetNamed = (name: string): TownDataset => {
  const found = structure.find((dataset) => dataset.name === name);
  if (found === undefined) throw new Error(`no dataset ${name}`);
  return found;
};
export const coordinates: readonly string[] = structure.flatMap((dataset) =>
  dataset.members.map((member) => `${dataset.name}.${member.name}`),
);

const strings = (values: readonly string[]): string => `[${values.map((value) => `"${value}"`).join(", ")}]`;
const groupsOf = (groups: readonly string[]): string => groups.map((name) => ` @group(name: "${name}")`).join("");

/** schema.graphql of the town. */
export const consentSchema = structure
  .map((dataset) => {
    const members = dataset.members.map((member) => {
      if (member.kind === "link") {
        const type = member.many ? `[${member.target}!]` : member.target;
        return `  ${member.name}: ${type} @link(from: ${strings(member.from)}, to: ${strings(member.to)})${groupsOf(member.groups)}`;
      }
      const about = member.subjects.map(({ scheme }) => ` @subject(scheme: "${scheme}")`).join("");
      const category = member.personal ? ` @personal(category: "Identifier")` : "";
      return `  ${member.name}: ${member.type} @column(name: "${member.column}")${category}${about}${groupsOf(member.groups)}`;
    });
    const subjects = dataset.subjects.map(({ scheme, by }) => ` @subject(scheme: "${scheme}", ${by})`).join("");
    return [`${head(dataset)} @key(fields: "${dataset.key}")${subjects} {`, ...members, "}"].join("\n");
  })
  .join("\n");

export const consentMap: TownMap = readMap(consentSchema);

function head({ name, source, table, many: list }: TownDataset): string {
  return `type ${name} @dataset(source: "${source}", from: "public.${table}", many: "${list}", status: SHARED)`;
}

/** The copy's own columns: of a field, of a link, and of what lies in the services' column whatever is open. */
export const shownColumn = (name: string): string => `o_${name}`;
export const linkColumn = (name: string, at: number): string => `l_${name}_${at}`;
/** What a link of another dataset finds rows of this one by: not there where nothing open on the row is made of it. */
export const foundColumn = (owner: string, link: string, at: number): string =>
  `t_${owner.toLowerCase()}_${link}_${at}`;

export interface FoundBy {
  readonly owner: TownDataset;
  readonly link: string;
  readonly to: readonly string[];
}

/** The links that find rows of a dataset by something else than its key. */
export const foundBy = (dataset: TownDataset): FoundBy[] => {
  const key = dataset.members.find((member) => member.name === dataset.key);
  return structure.flatMap((owner) =>
    owner.members.flatMap((member) =>
      member.kind === "link" &&
      member.target === dataset.name &&
      !member.to.every((column) => key?.kind === "field" && column === key.column)
        ? [{ owner, link: member.name, to: member.to }]
        : [],
    ),
  );
};

export const rawColumn = (column: string): string => `r_${column}`;

/**
 * schema.graphql of the copy. Rows are found by keys that no rule opens.
 * @param listable datasets that may be listed: of the others the key is personal, as the town's own is not usable
 */
export function copySchema(listable: (dataset: TownDataset) => boolean): string {
  return structure
    .map((dataset) => {
      const key = dataset.members.find((member) => member.name === dataset.key);
      if (key?.kind !== "field") throw new Error("a key that is no field");
      const category = listable(dataset) ? "" : ` @personal(category: "Identifier")`;
      const members = dataset.members.map((member) => {
        if (member.kind === "field")
          return `  ${member.name}: ${member.type} @column(name: "${shownColumn(member.name)}")`;
        const type = member.many ? `[${member.target}!]` : member.target;
        const from = member.from.map((_, at) => linkColumn(member.name, at));
        const found = foundBy(datasetNamed(member.target)).some(
          ({ owner, link }) => owner.name === dataset.name && link === member.name,
        );
        const to = member.to.map((column, at) =>
          found ? foundColumn(dataset.name, member.name, at) : rawColumn(column),
        );
        return `  ${member.name}: ${type} @link(from: ${strings(from)}, to: ${strings(to)})`;
      });
      const hidden = [
        `  zk: ${key.type} @column(name: "${rawColumn(key.column)}")${category}`,
        // A link is made of fields' columns; no rule opens these.
        ...Object.entries(dataset.columns).map(([column, type]) => hiddenField(rawColumn(column), type)),
        ...foundBy(dataset).flatMap(({ owner, link, to }) =>
          to.map((column, at) => hiddenField(foundColumn(owner.name, link, at), dataset.columns[column])),
        ),
        ...dataset.members.flatMap((member) =>
          member.kind === "field"
            ? []
            : member.from.map((column, at) => hiddenField(linkColumn(member.name, at), dataset.columns[column])),
        ),
      ];
      return [`${head(dataset)} @key(fields: "zk") {`, ...hidden, ...members, "}"].join("\n");
    })
    .join("\n");
}

const hiddenField = (column: string, type: FieldType | undefined): string =>
  `  z_${column}: ${type ?? "String"} @column(name: "${column}")`;

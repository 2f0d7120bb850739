// A line of a rule file in words: whom it opens what to, and what becomes of it beside the other lines.
import type { Catalogue } from "../../catalogue/index.js";
import {
  groupMembers,
  matchedCoordinates,
  matchesApplication,
  matchesPurpose,
  maskWords,
  rowsWords,
  type AllowRule,
  type DenyRule,
  type Membership,
  type Rule,
} from "../../policy/index.js";
import { counted, datasetOf, listed, memberSentences, plain } from "./field-words.js";
import type { KnownAgreement } from "./store-answer.js";
import type { TenantView } from "./town-view.js";

/** Paragraphs, as Markdown. */
export function ruleWords(rule: Rule, view: TenantView): string[] {
  const { catalogue } = view;
  const whom = `${applicationWords(rule, view)}, for ${purposeWords(rule.purpose, view)}`;
  if (catalogue === null) return [`${rule.effect === "allow" ? "Opens" : "Closes"} \`${rule.field}\` to ${whom}.`];
  const coordinates = matchedCoordinates(rule.field, catalogue);
  const what = fieldWords(rule.field, coordinates);
  const others = othersOn(rule, coordinates, view, catalogue);
  return rule.effect === "allow"
    ? [
        `**Opens** ${what} to ${whom}; ${openedWords(rule)}.`,
        ...aboutFields(coordinates, catalogue),
        ...shutBy(others.filter(({ effect }) => effect === "deny")),
        ...agreementsOpened(rule, coordinates, view),
      ]
    : [
        `**Closes** ${what} to ${whom}, on all rows, whatever other lines open.`,
        ...aboutFields(coordinates, catalogue),
        shuts(others.filter(({ effect }) => effect === "allow")),
        ...agreementsShut(rule, coordinates, view),
      ];
}

export function membershipWords({ application, group }: Membership, view: TenantView): string[] {
  const rules = view.rules.filter((rule) => rule.application === group);
  const words = `Puts the application \`${application}\` into \`${group}\`: ${counted(rules.length, "rule")} of that group ${rules.length === 1 ? "holds" : "hold"} for it too`;
  return [rules.length === 0 ? `${words}.` : `${words} (${places(rules)}).`];
}

function applicationWords({ application }: Rule, { memberships }: TenantView): string {
  if (application === "*") return "every application";
  if (!application.startsWith("group:")) return `the application \`${application}\``;
  const members = memberships.filter(({ group }) => group === application).map((one) => one.application);
  return `the applications of \`${application}\` (${listed(members)})`;
}

function purposeWords(purpose: string, { outline }: TenantView): string {
  if (purpose === "*") return "every purpose";
  const known = outline.purposes.get(purpose);
  return `the purpose \`${purpose}\`${known?.title ? ` (${plain(known.title)})` : ""}`;
}

function fieldWords(pattern: string, coordinates: readonly string[]): string {
  if (pattern === "*") return `every field (${coordinates.length})`;
  const [only, another] = coordinates;
  if (only === pattern && another === undefined) return `\`${pattern}\``;
  if (coordinates.length === 0) return `\`${pattern}\`, which schema.graphql does not have,`;
  return `${counted(coordinates.length, "field")} by \`${pattern}\` (${listed(coordinates)})`;
}

const openedWords = ({ rows, mask }: AllowRule): string => `${rowsWords(rows)}, ${maskWords(mask)}`;

function aboutFields(coordinates: readonly string[], catalogue: Catalogue): string[] {
  const members = coordinates.flatMap((coordinate) => catalogue.coordinates.get(coordinate) ?? []);
  const [only, another] = members;
  if (only === undefined) return [];
  if (another === undefined) return [memberSentences(only, catalogue).join(" ")];
  const personal = members.filter((member) => member.kind !== "link" && member.personal !== null);
  const closed = members.filter((member) => datasetOf(member, catalogue)?.status !== "SHARED");
  return [
    personal.length === 0
      ? "None of them is marked as personal."
      : `Personal: ${listed(personal.map(({ coordinate }) => coordinate))}.`,
    ...(closed.length === 0
      ? []
      : [`Without effect on ${listed(closed.map(({ coordinate }) => coordinate))}: their dataset is not SHARED.`]),
  ];
}

/** Rules of the other effect that can meet this one on a field, for some application and purpose. */
function othersOn(rule: Rule, coordinates: readonly string[], view: TenantView, catalogue: Catalogue): Rule[] {
  const groups = groupMembers(view.memberships);
  const own = new Set(coordinates);
  return view.rules.filter(
    (other) =>
      other.effect !== rule.effect &&
      (rule.purpose === "*" || other.purpose === "*" || rule.purpose === other.purpose) &&
      applicationsMeet(rule.application, other.application, groups) &&
      matchedCoordinates(other.field, catalogue).some((coordinate) => own.has(coordinate)),
  );
}

function applicationsMeet(a: string, b: string, groups: ReturnType<typeof groupMembers>): boolean {
  const members = groups.get(a) ?? new Set([a]);
  return a === "*" || b === "*" || a === b || [...members].some((name) => matchesApplication(b, name, groups));
}

const shutBy = (denies: readonly Rule[]): string[] =>
  denies.length === 0
    ? []
    : [`**Denied all the same**, wholly or in part: ${places(denies)}. Any deny that matches wins.`];

function shuts(allows: readonly Rule[]): string {
  if (allows.length === 0) return "No line opens any of it today: this is a safeguard for lines to come.";
  const names = [...new Set(allows.map(({ application }) => application))];
  return `It overrules ${counted(allows.length, "line")} that would open some of it, for ${listed(names)}: ${places(allows)}.`;
}

/** `policies/rivemont/canteen.csv:4` */
function places(rules: readonly Rule[]): string {
  const shown = rules.slice(0, 3).map(({ ref }) => `\`${ref.file}:${ref.line}\``);
  const rest = rules.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

const isMatched = (rule: Rule, { application, purpose }: KnownAgreement, view: TenantView): boolean =>
  matchesApplication(rule.application, application, groupMembers(view.memberships)) &&
  matchesPurpose(rule.purpose, purpose);

function agreementsOpened(rule: AllowRule, coordinates: readonly string[], view: TenantView): string[] {
  if (view.agreements === null) return [];
  const matched = view.agreements.filter((agreement) => isMatched(rule, agreement, view));
  const concerned = matched.filter(({ fields }) => coordinates.some((coordinate) => fields?.has(coordinate) === true));
  if (concerned.length > 0)
    return [
      `Concerns ${counted(concerned.length, "agreement")} that list${concerned.length === 1 ? "s" : ""} it: ${agreementList(concerned)}.`,
    ];
  return matched.length === 0
    ? ["No agreement of this application and purpose: the line opens nothing to anybody yet."]
    : [`No approved agreement lists it, so the line opens nothing yet: ${agreementList(matched)}.`];
}

function agreementsShut(rule: DenyRule, coordinates: readonly string[], view: TenantView): string[] {
  if (view.agreements === null) return [];
  const shut = view.agreements.filter(
    (agreement) =>
      isMatched(rule, agreement, view) && coordinates.some((coordinate) => agreement.fields?.has(coordinate) === true),
  );
  return shut.length === 0
    ? ["No approved agreement lists any of it."]
    : [
        `Shuts ${counted(shut.length, "agreement")} that list${shut.length === 1 ? "s" : ""} some of it: ${agreementList(shut)}.`,
      ];
}

function agreementList(agreements: readonly KnownAgreement[]): string {
  const shown = agreements.slice(0, 5).map(({ ref, standing }) => `\`${ref}\` (${plain(standing)})`);
  const rest = agreements.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

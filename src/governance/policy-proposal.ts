// Fields that nobody used, as a change of the policy files: exactly those rules, nothing opened, nobody else touched.
import { createTwoFilesPatch } from "diff";
import { agreedFields, openFields, type AgreementView } from "../identity/index.js";
import {
  checkVersion,
  compareGrants,
  loadPolicyVersion,
  matchedCoordinates,
  matchesApplication,
  matchesPurpose,
  groupMembers,
  openData,
  PolicyNotUnderstood,
  runPolicyTests,
  type AllowRule,
  type Grant,
  type PolicyVersion,
  type TestFailure,
  type TestNames,
  type TownNames,
  type VersionContent,
} from "../policy/index.js";
import {
  agreementRef,
  hasFault,
  type AgreementRef,
  type ApplicationName,
  type Coordinate,
  type PurposeName,
} from "../terms/index.js";
import { expectingRefusal, withoutFields, type Files } from "./rule-edits.js";
import { counted, listWords, type Text } from "./text.js";

export interface ProposalAsked {
  /** The version in force. */
  readonly version: PolicyVersion;
  readonly names: TownNames;
  /** All of the tenant: none but one may be changed. */
  readonly agreements: readonly AgreementView[];
  readonly agreement: AgreementRef;
  /** Declared and never used. */
  readonly unused: readonly string[];
  /** Fields of the agreement that are used: their datasets' keys stay. */
  readonly used: ReadonlySet<string>;
  /** The tenant's test files in the town folder; what they hold must hold afterwards. */
  readonly tests: Files;
}

/** As the schema's PolicyProposal. */
export interface Proposal {
  readonly fields: readonly string[];
  readonly patch: string;
  readonly commands: readonly string[];
  readonly notes: readonly Text[];
}

/**
 * Null where nothing is unused. What cannot go by itself is left out, with a note that says why.
 * @throws PolicyNotUnderstood where Casbin and we read a rule of the version in force differently
 */
export function proposeRemoval(asked: ProposalAsked): Proposal | null {
  if (asked.unused.length === 0) return null;
  const notes: Text[] = [];
  const own = ownFields(asked, notes);
  const found = narrowest(asked, own, notes);
  if (found === null) return { fields: [], patch: "", commands: [], notes };
  const { fields, files } = found;
  return {
    fields,
    patch: patchOf(asked, files),
    commands: commandsFor(asked.agreement, fields),
    notes: [...notes, stillListed(asked.agreement, fields)],
  };
}

/** Fields that only rules of this application and purpose open, with those rules. */
function ownFields(asked: ProposalAsked, notes: Text[]): ReadonlyMap<string, readonly AllowRule[]> {
  const { version, agreement, unused } = asked;
  const [application = "", purpose = ""] = agreement.split("/");
  const groups = groupMembers(version.rules.memberships);
  const opening = version.rules.rules.filter(
    (rule): rule is AllowRule =>
      rule.effect === "allow" &&
      matchesApplication(rule.application, application, groups) &&
      matchesPurpose(rule.purpose, purpose),
  );
  const view = asked.agreements.find(({ ref }) => ref === agreement);
  const grant = view === undefined ? null : grantOf(view, version);
  const found = new Map<string, readonly AllowRule[]>();
  const [closed, keys]: [string[], string[]] = [[], []];
  const shared = new Map<string, string[]>();
  for (const field of unused) {
    const rules = opening.filter((rule) =>
      matchedCoordinates(rule.field, version.catalogue).some((at) => at === field),
    );
    const other = rules.find((rule) => rule.application !== application || rule.purpose !== purpose);
    if (rules.length === 0 || !isOpen(grant, field)) closed.push(field);
    else if (other !== undefined) {
      const place = `${other.ref.file}:${other.ref.line}`;
      shared.set(place, [...(shared.get(place) ?? []), field]);
    } else if (isNeededKey(asked, field)) keys.push(field);
    else found.set(field, rules);
  }
  if (closed.length > 0) notes.push(closedAlready(closed));
  if (keys.length > 0) notes.push(keyStays(keys));
  for (const [place, fields] of shared) notes.push(sharedRule(place, fields));
  return found;
}

/** Open to statistics alone is open too. */
function isOpen(grant: Grant | null, field: string): boolean {
  const decision = grant?.decisions.get(field as Coordinate);
  return decision?.shared === true || decision?.reason === "statistics-only";
}

/** Lists follow the key of their dataset: without it, those of a dataset that is in use could be refused. */
function isNeededKey({ version, used }: ProposalAsked, field: string): boolean {
  const dataset = version.catalogue.datasets.get(field.split(".")[0] ?? "");
  const isKey = dataset?.key.some(({ coordinate }) => coordinate === field) === true;
  return isKey && [...used].some((other) => other.startsWith(`${dataset.name}.`));
}

interface Found {
  readonly fields: readonly string[];
  /** Changed rule files and test files. */
  readonly files: Files;
}

/** All at once; where that does not hold, one by one, and each that does not is left out with its reason. */
function narrowest(asked: ProposalAsked, own: ReadonlyMap<string, readonly AllowRule[]>, notes: Text[]): Found | null {
  const whole = attempt(asked, own);
  if (whole.ok !== null) return whole.ok;
  let kept = new Map<string, readonly AllowRule[]>();
  let found: Found | null = null;
  for (const [field, rules] of own) {
    const tried = attempt(asked, new Map(kept).set(field, rules));
    if (tried.ok === null) notes.push(tried.why(field));
    else [kept, found] = [new Map(kept).set(field, rules), tried.ok];
  }
  return found;
}

type Attempt = { readonly ok: Found } | { readonly ok: null; readonly why: (field: string) => Text };

function attempt(asked: ProposalAsked, own: ReadonlyMap<string, readonly AllowRule[]>): Attempt {
  const fields = new Set(own.keys());
  if (fields.size === 0) return { ok: null, why: notAlone };
  const { version, names } = asked;
  const rules = withoutFields(version, [...new Set([...own.values()].flat())], fields);
  const content = { ...version.content, files: new Map([...version.content.files, ...rules]) };
  const after = checked(content, names);
  if (after === null || !losesExactly(asked, after, fields)) return { ok: null, why: notAlone };
  const tests = heldTests(asked, after, fields);
  if (tests.ok === null) return { ok: null, why: tests.why };
  return { ok: { fields: [...fields], files: new Map([...rules, ...tests.ok]) } };
}

/** Law 7: the one validator, and the judge beside it. Null: not understood. */
function checked(content: VersionContent, names: TownNames): PolicyVersion | null {
  if (hasFault(checkVersion(content, names).faults)) return null;
  try {
    return loadPolicyVersion(content, names.sources);
  } catch (error) {
    if (error instanceof PolicyNotUnderstood) return null;
    throw error;
  }
}

/** This agreement loses these fields and no other; no other agreement changes, the built-in one among them. */
function losesExactly(asked: ProposalAsked, after: PolicyVersion, fields: ReadonlySet<string>): boolean {
  const { version, agreements, agreement } = asked;
  const same = (was: Grant, is: Grant): boolean => compareGrants(was, is).length === 0;
  if (!same(openGrant(version), openGrant(after))) return false;
  return agreements.every((view) => {
    const [was, is] = [grantOf(view, version), grantOf(view, after)];
    if (was === null || is === null) return true;
    const changes = compareGrants(was, is);
    if (view.ref !== agreement) return changes.length === 0;
    return (
      changes.length === fields.size &&
      changes.every(({ coordinate, kind }) => kind === "loses" && fields.has(coordinate))
    );
  });
}

function grantOf({ ref, application, approved }: AgreementView, version: PolicyVersion): Grant | null {
  if (approved === null) return null;
  const { snapshot } = approved;
  const fields = agreedFields(snapshot, version.catalogue);
  return version.grant({
    agreement: ref,
    application: application as ApplicationName,
    purpose: snapshot.purpose,
    fields,
  });
}

const openGrant = (version: PolicyVersion): Grant =>
  version.grant({
    agreement: agreementRef(openData, openData),
    application: openData as ApplicationName,
    purpose: openData as PurposeName,
    fields: new Set(openFields(version.catalogue)),
  });

/**
 * The town's own tests must hold as before: one that wants such a field shared with this very application and purpose is
 * changed along, any other keeps the field where it is.
 */
function heldTests(
  asked: ProposalAsked,
  after: PolicyVersion,
  fields: ReadonlySet<string>,
): { readonly ok: Files } | { readonly ok: null; readonly why: (field: string) => Text } {
  // A rule of this application and purpose alone decides for nobody else.
  const [application = "", purpose = ""] = asked.agreement.split("/");
  const names: TestNames = { ...asked.names, only: { application, purpose } };
  const before = new Set(runPolicyTests(asked.version, asked.tests, names).failures.map(failureKey));
  let tests = asked.tests;
  const fresh = (): readonly TestFailure[] =>
    runPolicyTests(after, tests, names).failures.filter((failure) => !before.has(failureKey(failure)));
  for (const failure of fresh()) {
    const isOwn = agreementRef(failure.application, failure.purpose) === asked.agreement;
    const edited = isOwn && fields.has(failure.coordinate) ? expectingRefusal(tests, failure) : null;
    if (edited === null) return { ok: null, why: (field) => testWants(field, failure) };
    tests = edited;
  }
  const [left] = fresh();
  if (left !== undefined) return { ok: null, why: (field) => testWants(field, left) };
  return { ok: new Map([...tests].filter(([path, text]) => asked.tests.get(path) !== text)) };
}

const failureKey = ({ test, at, application, purpose, coordinate }: TestFailure): string =>
  JSON.stringify([test, at.file, at.line, application, purpose, coordinate]);

/** As git writes it, so that `git apply` takes it in the town folder. */
function patchOf({ version, tests }: ProposalAsked, files: Files): string {
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, after]) => {
      const before = version.content.files.get(path) ?? tests.get(path) ?? "";
      const patch = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, { context: 3 });
      return patch.replace(/^(Index: .*\n)?=+\n/, `diff --git a/${path} b/${path}\n`);
    })
    .join("");
}

const commandsFor = (agreement: AgreementRef, fields: readonly string[]): string[] => [
  "git apply unused-fields.patch",
  "npx passerelle policy plan",
  `npx passerelle policy apply -m "${agreement}: ${counted("en", fields.length, "unused field", "unused fields").replace("\u00a0", " ")} taken out"`,
];

const stillListed = (agreement: AgreementRef, fields: readonly string[]): Text => ({
  fr: `La convention ${agreement} nomme encore ${counted("fr", fields.length, "champ retiré", "champs retirés")}\u00a0: sans règle, rien n’en sort. À retirer de sa prochaine version.`,
  en: `The agreement ${agreement} still lists ${counted("en", fields.length, "field that is taken out", "fields that are taken out")}: without a rule nothing of them leaves. Leave them out of its next version.`,
});

const sharedRule = (place: string, fields: readonly string[]): Text => ({
  fr: `${listWords("fr", fields)}\u00a0: ouvert par la règle ${place}, qui vaut aussi pour d’autres. Cette règle n’est pas modifiée.`,
  en: `${listWords("en", fields)}: opened by the rule at ${place}, which is for others too. That rule is not changed.`,
});

const closedAlready = (fields: readonly string[]): Text => ({
  fr: `${listWords("fr", fields)}\u00a0: aucune règle ne l’ouvre. Il n’y a rien à retirer des fichiers.`,
  en: `${listWords("en", fields)}: no rule opens this. There is nothing to take out of the files.`,
});

const keyStays = (fields: readonly string[]): Text => ({
  fr: `${listWords("fr", fields)}\u00a0: c’est la clé par laquelle les listes sont ordonnées, et d’autres champs servent. Elle reste.`,
  en: `${listWords("en", fields)}: this is the key by which lists are ordered, and other fields are in use. It stays.`,
});

const notAlone = (field: string): Text => ({
  fr: `${field}\u00a0: le retirer changerait autre chose que cette convention. À décider par l’équipe informatique.`,
  en: `${field}: taking it out would change more than this agreement. The town’s IT team has to decide.`,
});

const testWants = (field: string, { at }: TestFailure): Text => ({
  fr: `${field}\u00a0: le test ${at.file}:${at.line} demande autre chose. Modifiez-le d’abord si le champ doit être retiré.`,
  en: `${field}: the test at ${at.file}:${at.line} wants otherwise. Change it first if the field is to go.`,
});

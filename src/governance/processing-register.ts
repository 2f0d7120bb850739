// The register of processing activities (GDPR art. 30(1)), drawn from what is really so: agreements, catalogue, rules.
import type { Catalogue } from "../catalogue/index.js";
import { agreedFields, type AgreementView, type ApplicationView, type Snapshot } from "../identity/index.js";
import type { Grant, PolicyVersion } from "../policy/index.js";
import type { ApplicationName } from "../terms/index.js";
import { basisTitle } from "./basis-words.js";
import { categoryOf } from "./category-words.js";
import { standingName, type StandingName } from "./declared-and-used.js";
import { schemesOf, wordsFor } from "./field-words.js";
import { securityOf } from "./security-measures.js";
import { durationWords, type Text } from "./text.js";
import { officerOf, type TownFacts } from "./town-facts.js";

/** One agreement, with the letters of art. 30(1) that each part answers. */
export interface ProcessingActivity {
  readonly agreement: string;
  readonly title: Text;
  /** (b) */
  readonly purpose: Text;
  /** (a) */
  readonly controller: string;
  readonly contact: string;
  readonly dpo: string | null;
  readonly basis: Text;
  /** (d) */
  readonly recipient: { readonly name: string; readonly role: string; readonly basis: string };
  /** (c) */
  readonly subjects: readonly Text[];
  readonly categories: readonly PersonalCategory[];
  readonly sources: readonly string[];
  /** (e) */
  readonly transfers: Text;
  /** (f) */
  readonly retention: Text;
  /** (g) */
  readonly security: readonly Text[];
  readonly from: string;
  readonly until: string;
  readonly standing: StandingName;
}

export interface PersonalCategory {
  /** Of the W3C Data Privacy Vocabulary: `pd:Name`. */
  readonly term: string;
  readonly title: Text;
  /** Coordinates. */
  readonly fields: readonly string[];
  /** GDPR art. 9. */
  readonly special: boolean;
}

export interface RegisterAsked {
  readonly town: TownFacts;
  readonly agreements: readonly AgreementView[];
  readonly applications: readonly ApplicationView[];
  /** The version in force; null: nothing is shared, and what the fields mean is not known. */
  readonly version: PolicyVersion | null;
}

/** Those with people's data first, in force before the others, then by name. */
export function processingRegister(asked: RegisterAsked): ProcessingActivity[] {
  const order: readonly StandingName[] = ["in-force", "suspended", "not-begun", "ended"];
  const personal = ({ subjects, categories }: ProcessingActivity): number =>
    Number(subjects.length + categories.length === 0);
  return asked.agreements
    .flatMap((view) => activityOf(view, asked) ?? [])
    .sort(
      (a, b) =>
        personal(a) - personal(b) ||
        order.indexOf(a.standing) - order.indexOf(b.standing) ||
        (a.agreement < b.agreement ? -1 : 1),
    );
}

function activityOf(view: AgreementView, asked: RegisterAsked): ProcessingActivity | null {
  if (view.approved === null) return null;
  const { snapshot } = view.approved;
  const { town, version } = asked;
  const purpose = town.purposes.get(snapshot.purpose);
  const plain: Text = { fr: snapshot.purpose, en: snapshot.purpose };
  const application = asked.applications.find(({ name }) => name === view.application)?.title ?? view.application;
  const { fr, en } = purpose?.title ?? plain;
  const { name, role, basis } = snapshot.recipient;
  const catalogue = version?.catalogue ?? null;
  return {
    agreement: view.ref,
    title: { fr: `${fr} (${application})`, en: `${en} (${application})` },
    purpose: purpose?.text ?? plain,
    controller: town.displayName,
    contact: town.contact,
    dpo: officerOf(town),
    basis: basisTitle(snapshot.basis),
    recipient: { name, role, basis },
    subjects: subjectsOf(snapshot, catalogue),
    categories: categoriesOf(snapshot, catalogue),
    sources: sourcesOf(snapshot, catalogue),
    transfers,
    retention: retentionOf(snapshot),
    security: securityOf(snapshot, grantOf(view, snapshot, version), catalogue, town.retention.accessLogMonths),
    from: snapshot.from,
    until: snapshot.until,
    standing: standingName(view),
  };
}

function grantOf(view: AgreementView, snapshot: Snapshot, version: PolicyVersion | null): Grant | null {
  if (version === null) return null;
  const fields = agreedFields(snapshot, version.catalogue);
  const application = view.application as ApplicationName;
  return version.grant({ agreement: view.ref, application, purpose: snapshot.purpose, fields });
}

/** The registers whose people the fields are about, by the name of the dataset that lists them. */
function subjectsOf({ fields }: Snapshot, catalogue: Catalogue | null): Text[] {
  const schemes = new Set(fields.flatMap((field) => schemesOf(catalogue, field)));
  return [...schemes].sort().map((scheme) => registerTitle(scheme, catalogue));
}

/** `Residents with a family account`: the dataset whose own key is the person's. */
export function registerTitle(scheme: string, catalogue: Catalogue | null): Text {
  const dataset = [...(catalogue?.datasets.values() ?? [])].find(({ subjects, key }) =>
    subjects.some(
      (subject) => subject.scheme === scheme && key.length === 1 && key[0]?.column.name === subject.column.name,
    ),
  );
  if (dataset !== undefined) return wordsFor(catalogue, dataset.name);
  return { fr: `personnes du registre «\u00a0${scheme}\u00a0»`, en: `people of the register “${scheme}”` };
}

function categoriesOf({ fields }: Snapshot, catalogue: Catalogue | null): PersonalCategory[] {
  const found = new Map<string, Omit<PersonalCategory, "fields"> & { fields: string[] }>();
  for (const field of fields) {
    const category = categoryOf(catalogue, field);
    if (category === null) continue;
    const { key, term, title } = category;
    const known = found.get(key) ?? { term, title, fields: [], special: false };
    found.set(key, { ...known, fields: [...known.fields, field], special: known.special || category.special });
  }
  return [...found.values()].sort(
    (a, b) => Number(b.special) - Number(a.special) || (a.title.fr < b.title.fr ? -1 : 1),
  );
}

function sourcesOf({ fields }: Snapshot, catalogue: Catalogue | null): string[] {
  const names = fields.flatMap((field) => catalogue?.datasets.get(field.split(".")[0] ?? "")?.source ?? []);
  return [...new Set(names)].sort();
}

/** What an agreement has no place for cannot have been stated in it. */
const transfers: Text = {
  fr: "La convention ne prévoit aucun transfert hors de l’Union européenne.",
  en: "The agreement provides for no transfer outside the European Union.",
};

function retentionOf({ retention }: Snapshot): Text {
  const copy: Text = {
    fr: "La passerelle n’en garde pas de copie.",
    en: "The gateway keeps no copy.",
  };
  if (retention === null)
    return {
      fr: `Chez le destinataire\u00a0: non déclarée, à préciser. ${copy.fr}`,
      en: `At the recipient: not declared, to be stated. ${copy.en}`,
    };
  return {
    fr: `Chez le destinataire\u00a0: ${durationWords("fr", retention)}. ${copy.fr}`,
    en: `At the recipient: ${durationWords("en", retention)}. ${copy.en}`,
  };
}

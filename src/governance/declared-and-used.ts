// Declared and used: what was signed in each agreement beside what was really asked under it.
import type { AgreementView } from "../identity/index.js";
import type { Text } from "./text.js";
import { daysAfter, daysBetween, readableSince, type DayOfAgreement } from "./unusual.js";

/** What the record's rollups say of one field under one agreement, in the days asked. */
export interface FieldCount {
  readonly agreement: string;
  readonly coordinate: string;
  /** Requests of whose answer it was part, or whose rows were chosen or sorted by it. */
  readonly entries: number;
  readonly cells: number;
  /** Requests in which it was refused. */
  readonly refused: number;
  readonly firstUsed: Date | null;
  readonly lastUsed: Date | null;
}

export interface UsesAsked {
  /** How many days, today among them. */
  readonly days: number;
  /** `YYYY-MM-DD` in the town. */
  readonly today: string;
  readonly agreements: readonly AgreementView[];
  /** By name. */
  readonly purposes: ReadonlyMap<string, { readonly title: Text }>;
  readonly volumes: readonly Omit<DayOfAgreement, "refused">[];
  readonly fields: readonly FieldCount[];
}

/** As the schema's AgreementUse, but for `proposal`. */
export interface DeclaredAndUsed {
  readonly agreement: string;
  readonly application: string;
  readonly purpose: string;
  readonly purposeTitle: Text;
  readonly recipient: { readonly name: string; readonly role: string; readonly basis: string };
  readonly basis: string;
  readonly from: string;
  readonly until: string;
  readonly standing: StandingName;
  readonly volumeDeclared: number | null;
  readonly volumeMost: number;
  readonly volumeMean: number;
  readonly days: readonly { readonly day: string; readonly entries: number }[];
  readonly fields: readonly UsedField[];
  readonly query: string;
}

export interface UsedField extends Omit<FieldCount, "agreement"> {
  /** It could be read on each of the days asked, and never was. */
  readonly unused: boolean;
}

export type StandingName = "in-force" | "suspended" | "ended" | "not-begun";

export function standingName({ standing }: AgreementView): StandingName {
  if (standing === null) return "not-begun";
  if (standing.inForce) return "in-force";
  return standing.why === "expired" ? "ended" : standing.why === "not-yet" ? "not-begun" : "suspended";
}

/** Those in force first, then by name; one that ended before the days asked is left out. */
export function declaredAndUsed(asked: UsesAsked): DeclaredAndUsed[] {
  const since = daysAfter(asked.today, 1 - asked.days);
  const order: readonly StandingName[] = ["in-force", "suspended", "not-begun", "ended"];
  return asked.agreements
    .flatMap((view) => useOf(view, asked, since) ?? [])
    .filter(({ until }) => until >= since)
    .sort((a, b) => order.indexOf(a.standing) - order.indexOf(b.standing) || (a.agreement < b.agreement ? -1 : 1));
}

function useOf(view: AgreementView, asked: UsesAsked, since: string): DeclaredAndUsed | null {
  if (view.approved === null) return null;
  const { snapshot } = view.approved;
  const days = asked.volumes
    .filter(({ agreement, day }) => agreement === view.ref && day >= since && day <= asked.today)
    .map(({ day, entries }) => ({ day, entries }))
    .sort((a, b) => (a.day < b.day ? -1 : 1));
  const counts = days.map(({ entries }) => entries).filter((entries) => entries > 0);
  const { name, role, basis } = snapshot.recipient;
  return {
    agreement: view.ref,
    application: view.application,
    purpose: snapshot.purpose,
    purposeTitle: asked.purposes.get(snapshot.purpose)?.title ?? { fr: snapshot.purpose, en: snapshot.purpose },
    recipient: { name, role, basis },
    basis: snapshot.basis,
    from: snapshot.from,
    until: snapshot.until,
    standing: standingName(view),
    volumeDeclared: snapshot.volumePerDay,
    volumeMost: Math.max(0, ...counts),
    volumeMean: counts.length === 0 ? 0 : counts.reduce((sum, count) => sum + count, 0) / counts.length,
    days,
    fields: fieldsOf(view, asked),
    query: `agreement:${view.ref} after:${since}`,
  };
}

function fieldsOf(view: AgreementView, { fields, today, days }: UsesAsked): UsedField[] {
  const counts = new Map(
    fields.filter(({ agreement }) => agreement === view.ref).map((count) => [count.coordinate, count]),
  );
  return (view.approved?.snapshot.fields ?? []).map((coordinate) => {
    const { entries = 0, cells = 0, refused = 0, firstUsed = null, lastUsed = null } = counts.get(coordinate) ?? {};
    const readable = readableSince(view, coordinate);
    // What is refused by the rules is asked for all the same: it is not "never used", and no rule of it can go.
    const oldEnough = readable !== null && daysBetween(readable, today) >= days;
    const unused = view.standing?.inForce === true && oldEnough && entries === 0 && refused === 0;
    return { coordinate, entries, cells, refused, firstUsed, lastUsed, unused };
  });
}

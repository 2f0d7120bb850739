// The agreements that a question about the rules is asked for, as they stood at its moment.
import {
  agreedFields,
  openFields,
  reboundFields,
  standingOf,
  type AgreementView,
  type Snapshot,
  type Standing,
  type VersionView,
} from "../identity/index.js";
import { openData, type GrantSubject } from "../policy/index.js";
import {
  agreementRef,
  nearest,
  type AgreementRef,
  type ApplicationName,
  type Coordinate,
  type PurposeName,
} from "../terms/index.js";
import { refuse } from "./failure.js";
import type { Session } from "./session.js";
import type { Viewpoint } from "./policy-viewpoint.js";

/** One application for one purpose. */
export interface Asked {
  readonly ref: AgreementRef;
  readonly application: ApplicationName;
  readonly purpose: PurposeName;
  /** The version that was approved then; null: none was. */
  readonly signed: {
    /** Null: the built-in agreement, which has no versions. */
    readonly number: number | null;
    readonly snapshot: Snapshot;
    readonly standing: Standing;
    readonly suspendedReason: string | null;
    /** Listed fields that schema.graphql binds to something else since. */
    readonly rebound: ReadonlySet<Coordinate>;
  } | null;
  /** A draft after it that waits for a DPO. */
  readonly draft: VersionView | null;
  /** What policy is asked. Without an agreement nothing is listed. */
  readonly subject: GrantSubject;
}

/** @throws CommandFailure for names that nobody knows, with what was probably meant */
export async function askedOf(
  session: Session,
  view: Viewpoint,
  application: string,
  purpose: string | undefined,
): Promise<Asked[]> {
  const all = await session.town.registry.listAgreements(session.tenant.name);
  await checkApplication(session, view, application);
  if (application === openData) return [openAsked(session, view)];
  const own = all.filter((one) => one.application === application);
  if (purpose !== undefined) {
    checkPurpose(session, own, purpose);
    const found = own.find((one) => one.purpose === purpose);
    return [found === undefined ? nothingSigned(application, purpose) : signedAsked(session, view, found)];
  }
  if (own.length > 0) return own.map((one) => signedAsked(session, view, one));
  const purposes = [...session.tenant.purposes.keys()];
  throw refuse(`${application} has no agreement yet: say for which purpose, with --purpose (${purposes.join(", ")}).`);
}

/** Every agreement of the town, the built-in one among them. */
export async function everyAsked(session: Session, view: Viewpoint): Promise<Asked[]> {
  const all = await session.town.registry.listAgreements(session.tenant.name);
  return [...all.map((one) => signedAsked(session, view, one)), openAsked(session, view)];
}

async function checkApplication({ town, tenant }: Session, { version }: Viewpoint, asked: string): Promise<void> {
  const created = (await town.registry.listApplications(tenant.name)).map(({ name }) => name);
  const { rules, memberships } = version.rules;
  const named = [...rules, ...memberships].map(({ application }) => application);
  const known = new Set([openData, ...created, ...named.filter((name) => name !== "*" && !name.startsWith("group:"))]);
  if (known.has(asked)) return;
  const meant = nearest(asked, known);
  const hint = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
  throw refuse(
    `There is no application of that name${hint}, and no rule names one. See: npx passerelle application list`,
  );
}

function checkPurpose({ tenant }: Session, own: readonly AgreementView[], asked: string): void {
  const known = new Set<string>([...tenant.purposes.keys(), ...own.map(({ purpose }) => purpose)]);
  if (known.has(asked)) return;
  const meant = nearest(asked, known);
  const hint = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
  throw refuse(`gateway.yaml lists no purpose of that name${hint}. It lists: ${[...known].join(", ")}.`);
}

function signedAsked({ tenant }: Session, view: Viewpoint, agreement: AgreementView): Asked {
  const { application, purpose, versions, suspendedReason } = agreement;
  const { catalogue } = view.version;
  const then = view.at.getTime();
  const approved = versions.findLast(
    ({ state, decidedAt }) => state === "approved" && decidedAt !== null && decidedAt.getTime() <= then,
  );
  const draft = versions.findLast(({ state, number }) => state === "draft" && number > (approved?.number ?? 0));
  const none = nothingSigned(application, purpose);
  if (approved === undefined) return { ...none, draft: draft ?? null };
  const { snapshot, number } = approved;
  const { suspendedAt } = agreement;
  const suspended = suspendedAt !== null && suspendedAt.getTime() <= then ? suspendedAt.toISOString() : null;
  const standing = standingOf({ snapshot, suspendedAt: suspended }, tenant.timeZone, view.at);
  const rebound = new Set(reboundFields(snapshot, catalogue));
  return {
    ...none,
    signed: { number, snapshot, standing, suspendedReason, rebound },
    draft: draft ?? null,
    subject: { ...none.subject, fields: agreedFields(snapshot, catalogue) },
  };
}

function openAsked({ town, tenant }: Session, { version }: Viewpoint): Asked {
  const { agreement, standing } = town.identity.openData(tenant.name, openFields(version.catalogue));
  const { snapshot } = agreement;
  const none = nothingSigned(agreement.application, agreement.purpose);
  return {
    ...none,
    signed: { number: null, snapshot, standing, suspendedReason: null, rebound: new Set() },
    subject: { ...none.subject, fields: agreedFields(snapshot, version.catalogue) },
  };
}

function nothingSigned(application: string, purpose: string): Asked {
  const names = { application: application as ApplicationName, purpose: purpose as PurposeName };
  const ref = agreementRef(application, purpose);
  return { ref, ...names, signed: null, draft: null, subject: { agreement: ref, ...names, fields: new Set() } };
}

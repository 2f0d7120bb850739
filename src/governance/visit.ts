// One request of a person: who they are, what they may do where, and the one door through which they read anything.
import { AccessLogUnavailable, staffEntry, type Appended } from "../accesslog/index.js";
import { rightsOf, type StaffRight, type StaffRole } from "../policy/index.js";
import type { SubjectToken, TenantName } from "../terms/index.js";
import { forbiddenIn, GovernanceError } from "./errors.js";
import { loadersOf, type Loaders } from "./loaders.js";
import type { GovernanceServices, StaffMember } from "./services.js";
import type { TownFacts } from "./town-facts.js";

/** Who is signed in, as their session says. */
export interface SignedIn {
  readonly email: string;
  /** By the one-time link of the demo. */
  readonly demo: boolean;
}

export interface Visit extends SignedIn {
  readonly services: GovernanceServices;
  readonly loaders: Loaders;
  readonly name: string;
  /** Towns in which they have a role now. */
  readonly towns: ReadonlyMap<TenantName, TownRights>;
}

export interface TownRights {
  /** Everybody with a role in this town: who could do what this one may not. */
  readonly people: readonly StaffMember[];
  readonly roles: readonly StaffRole[];
  readonly rights: ReadonlySet<StaffRight>;
}

/** Null: they are none of the people of any town (any more). */
export async function visitOf(services: GovernanceServices, signedIn: SignedIn): Promise<Visit | null> {
  const people = await services.people();
  const found = [...services.towns.keys()].flatMap((tenant) => {
    const member = memberOf(people.get(tenant) ?? [], signedIn.email);
    return member === null ? [] : [{ tenant, member, all: people.get(tenant) ?? [] }];
  });
  const [first] = found;
  if (first === undefined) return null;
  const towns = new Map(
    found.map(({ tenant, all, member: { roles } }) => [
      tenant,
      { people: all, roles: roles.toSorted(), rights: rightsOf(roles) },
    ]),
  );
  const { email, name } = first.member;
  return { services, loaders: loadersOf(services), email, name, demo: signedIn.demo, towns };
}

/**
 * Somebody signs in: on record in every town where they have a role, before they are let in.
 * @returns null: they have none
 * @throws AccessLogUnavailable
 */
export async function recordedSignIn(services: GovernanceServices, signedIn: SignedIn): Promise<Visit | null> {
  const visit = await visitOf(services, signedIn);
  const filters = { way: signedIn.demo ? "link" : "provider" };
  for (const tenant of visit?.towns.keys() ?? [])
    await services.log.append(
      staffEntry({
        ...{ tenant, filters, at: services.now(), who: visit?.email ?? signedIn.email },
        ...{ command: "console: sign-in", subjects: [], status: 200 },
      }),
    );
  return visit;
}

const memberOf = (people: readonly StaffMember[], email: string): StaffMember | null =>
  people.find((person) => inLowerCase(person.email) === inLowerCase(email)) ?? null;

/** A to Z alone: JavaScript's own takes the Kelvin sign for a k, and so another mailbox for this one. */
const inLowerCase = (email: string): string => email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

export const may = ({ towns }: Visit, tenant: TenantName, right: StaffRight): boolean =>
  towns.get(tenant)?.rights.has(right) === true;

export const refused = ({ towns }: Visit, tenant: TenantName, right: StaffRight): GovernanceError =>
  forbiddenIn(right, towns.get(tenant)?.people ?? []);

/** @throws where it is none of theirs: the root has answered null for it */
export function townOf({ services, towns }: Visit, name: string): TownFacts {
  const town = services.towns.get(name as TenantName);
  if (town === undefined || !towns.has(town.name)) throw new GovernanceError("NOT_AVAILABLE");
  return town;
}

export interface Asked {
  readonly right: StaffRight;
  /** `accesses` */
  readonly what: string;
  /** Names and canonical queries, never a person's key. */
  readonly filters?: Readonly<Record<string, string>>;
  /** People who are asked about. */
  readonly subjects?: readonly { readonly scheme: string; readonly token: SubjectToken }[];
}

/**
 * To be awaited before anything of the log, of agreements or of people is read (law 4): resolves once it is on record
 * that this person reads it. What is refused is recorded too.
 * @throws GovernanceError FORBIDDEN, or ACCESS_LOG_UNAVAILABLE: then nothing may be read
 */
export async function opened(visit: Visit, tenant: TenantName, asked: Asked): Promise<Appended> {
  const allowed = may(visit, tenant, asked.right);
  const entry = await recorded(visit, tenant, asked, allowed ? [] : ["FORBIDDEN"]);
  if (!allowed) throw refused(visit, tenant, asked.right);
  return entry;
}

async function recorded(
  { services, email }: Visit,
  tenant: TenantName,
  { what, filters = {}, subjects = [] }: Asked,
  errors: readonly string[],
): Promise<Appended> {
  const at = services.now();
  const act = { tenant, at, who: email, command: `console: ${what}`, filters, subjects };
  try {
    return await services.log.append(staffEntry({ ...act, status: errors.length === 0 ? 200 : 403, errors }));
  } catch (error) {
    if (error instanceof AccessLogUnavailable) throw new GovernanceError("ACCESS_LOG_UNAVAILABLE");
    throw error;
  }
}

// The people whom a signed-in person may look at and decide for, now.
import { createHmac } from "node:crypto";
import { isDay, type Citizen, type SubjectKey } from "../../terms/index.js";
import type { Session } from "./sessions.js";
import type { Person } from "./view.js";

/** The person, then the children. A child's `ref` is this session's own: nobody else can make or read one. */
export function personsOf(session: Session, { self, wards }: Citizen): readonly Person[] {
  return [
    { at: 0, ref: "me", number: null, keys: self, born: bornOf(session) },
    ...wards.map((ward, index) => ({
      at: index + 1,
      ref: refOf(session, ward),
      number: String(ward.key),
      keys: [ward],
      born: null,
    })),
  ];
}

function bornOf({ claims: { claims } }: Session): string | null {
  const { birthdate } = claims;
  return typeof birthdate === "string" && isDay(birthdate) ? birthdate : null;
}

const refOf = (session: Session, { scheme, key }: SubjectKey): string =>
  createHmac("sha256", session.token)
    .update(JSON.stringify([scheme, key]))
    .digest("base64url")
    .slice(0, 16);

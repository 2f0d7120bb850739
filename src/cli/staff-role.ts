// Who of gateway.yaml's people does something, and whether it is theirs to do.
import type { PersonSettings } from "../config.js";
import { refuse } from "./failure.js";
import type { Session } from "./session.js";

type Role = PersonSettings["roles"][number];

/** @throws CommandFailure that lists those who have the role */
export function personWithRole({ tenant }: Session, email: string, roles: readonly Role[], option: string): string {
  const person = tenant.people.find((one) => one.email.toLowerCase() === email.trim().toLowerCase());
  if (person?.roles.some((role) => roles.includes(role)) === true) return person.email;
  const able = tenant.people.filter((one) => one.roles.some((role) => roles.includes(role)));
  const named = roles.join(" or ");
  throw refuse(
    `${option} must be a person with the role ${named} in gateway.yaml. ` +
      (able.length === 0
        ? `Nobody is listed as ${named}: add one.`
        : `Listed as ${named}: ${able.map((one) => one.email).join(", ")}.`),
  );
}

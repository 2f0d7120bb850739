// What the town's own people may do at the console. Model and rules belong to the product: what a DPO may see of the
// record is no town's to widen. Asked once for every pair, when this file is loaded; a request reads the table.
import { Enforcer, newModelFromString } from "casbin";

const staffRoles = ["admin", "cdo", "dpo", "steward"] as const;
export type StaffRole = (typeof staffRoles)[number];

const staffRights = [
  /** Export what a search of the log found. */
  "EXPORT_LOG",
  /** Find a person of the registers, and search the log for them. */
  "FIND_PEOPLE",
  /** Be shown how a policy file could be changed. */
  "PROPOSE_POLICY",
  /** Agreements, and what was asked under them. */
  "READ_AGREEMENTS",
  /** Search the log, without people. */
  "READ_LOG",
  /** The register of processing activities. */
  "READ_REGISTER",
] as const;
export type StaffRight = (typeof staffRights)[number];

const staffModel = `[request_definition]
r = role, right
[policy_definition]
p = role, right
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.role == p.role && r.right == p.right
`;

/** The table of docs/console.md says the same. */
const staffRules = `
p, dpo, READ_LOG
p, dpo, FIND_PEOPLE
p, dpo, EXPORT_LOG
p, dpo, READ_AGREEMENTS
p, dpo, READ_REGISTER
p, cdo, READ_LOG
p, cdo, READ_AGREEMENTS
p, cdo, READ_REGISTER
p, admin, READ_LOG
p, admin, READ_AGREEMENTS
p, admin, READ_REGISTER
p, admin, PROPOSE_POLICY
p, steward, READ_AGREEMENTS
p, steward, READ_REGISTER
`;

function decidedRights(): ReadonlyMap<StaffRole, ReadonlySet<StaffRight>> {
  const model = newModelFromString(staffModel);
  for (const line of staffRules.trim().split("\n")) model.addPolicy("p", "p", line.split(", ").slice(1));
  const enforcer = new Enforcer();
  enforcer.setModel(model);
  return new Map(
    staffRoles.map((role) => [role, new Set(staffRights.filter((right) => enforcer.enforceSync(role, right)))]),
  );
}

const decided = decidedRights();

/** What somebody with these roles may do: what any one of them opens. */
export const rightsOf = (roles: readonly StaffRole[]): ReadonlySet<StaffRight> =>
  new Set(roles.flatMap((role) => [...(decided.get(role) ?? [])]));

/** Who could do it: for the sentence of a refusal. */
export const rolesWith = (right: StaffRight): readonly StaffRole[] =>
  staffRoles.filter((role) => decided.get(role)?.has(right) === true);

// What was really asked, held against a plan: whose requests would be answered otherwise.
import { apiRoots } from "../catalogue/index.js";
import type { Asked, AskedOperation } from "../accesslog/index.js";
import { strippedFaults } from "../gateway/index.js";
import type { DecisionChange, Grant, PolicyVersion } from "../policy/index.js";
import type { AgreementRef } from "../terms/index.js";
import type { PolicyPlan } from "./policy-planned.js";
import type { Session } from "./session.js";
import type { AgreementChanges } from "./version-changes.js";
import { wholeSchema } from "./whole-schema.js";

export interface ReplayedOperation {
  readonly agreement: AgreementRef;
  readonly operation: string;
  /** Without literals, aliases and chosen names; null: not stored. */
  readonly text: string | null;
  readonly requests: number;
  /** Distinct people whom the answers were about. */
  readonly people: number;
  /** Of the fields that its requests read, or were refused. */
  readonly changes: readonly DecisionChange[];
  /** Root fields that were refused whole, and would not be: `Query.residents`. */
  readonly opened: readonly string[];
  /** A field that it reads would be lost, and its agreement then refuses the whole request. */
  readonly refusedWhole: boolean;
  /** Why the API schema would not take it any more; empty where it does. */
  readonly invalid: readonly string[];
}

export interface Replay extends Pick<Asked, "reached" | "cut" | "altered" | "requests"> {
  /** RFC 3339, as asked for. */
  readonly since: string;
  /** Pairs of agreement and operation that were looked at. */
  readonly looked: number;
  /** Those that would be answered otherwise, the most asked first. */
  readonly concerned: readonly ReplayedOperation[];
}

/** Law 13: the newest come first, and what is cut is said. */
const bounds = { entries: 100_000, operations: 1_000, timeMs: 20_000 };

/** @param before the index of the entry that says this reading is on record */
export async function replay(session: Session, plan: PolicyPlan, since: string, before: number): Promise<Replay> {
  const { log, tenant } = session;
  const { operations, requests, reached, cut, altered } = await log.asked(tenant.name, { since, before, ...bounds });
  const invalid = await validator(session, plan);
  const concerned: ReplayedOperation[] = [];
  for (const asked of operations) {
    const found = await replayOne(session, plan, asked, invalid);
    if (found !== null) concerned.push(found);
  }
  return { since, reached, cut, altered, requests, looked: operations.length, concerned };
}

async function replayOne(
  { log, tenant }: Session,
  { version, changes: all }: PolicyPlan,
  asked: AskedOperation,
  invalidIn: ((text: string) => readonly string[]) | null,
): Promise<ReplayedOperation | null> {
  const of = all.agreements.find(({ ref }) => ref === asked.agreement);
  // An agreement that is not in force is answered nothing, before and after.
  if (of === undefined) return null;
  const changes = of.changes.filter(({ coordinate }) => asked.read.has(coordinate) || asked.refused.has(coordinate));
  const opened = openedRoots(version, of, asked.refused);
  const nothing = changes.length === 0 && opened.length === 0;
  if (nothing && invalidIn === null) return null;
  const text = await log.operationText(asked.operation);
  const invalid = text === null || invalidIn === null ? [] : invalidIn(text);
  if (nothing && invalid.length === 0) return null;
  const { agreement, operation, requests } = asked;
  const people = await log.countPeople(tenant.name, asked.entries);
  // Open to statistics alone is refused to whoever selects it.
  const isLost = ({ kind, after }: DecisionChange): boolean =>
    kind === "loses" || (kind === "changes" && after?.shared !== true);
  const refusedWhole = of.rejects && changes.some(isLost);
  return { agreement, operation, text, requests, people, changes, opened, refusedWhole, invalid };
}

/** Law 15: a root field is refused while no field of its dataset is open. */
function openedRoots(
  { catalogue }: PolicyVersion,
  { before, after }: AgreementChanges,
  refused: ReadonlySet<string>,
): string[] {
  const roots = apiRoots(catalogue);
  return [...refused].filter((coordinate) => {
    const [type, field] = coordinate.split(".");
    const name = type === "Query" && field !== undefined ? roots.get(field)?.dataset : undefined;
    return name !== undefined && name !== null && isVisible(after, name) && !isVisible(before, name);
  });
}

const isVisible = (grant: Grant | null, dataset: string): boolean =>
  [...(grant?.decisions.values() ?? [])].some(
    ({ shared, coordinate }) => shared && coordinate.startsWith(`${dataset}.`),
  );

/** Null where schema.graphql is as before. An operation that the version in force does not take either is not told. */
async function validator(
  session: Session,
  { before, version }: PolicyPlan,
): Promise<((text: string) => readonly string[]) | null> {
  if (before === null || before.content.schema === version.content.schema) return null;
  const was = await wholeSchema(session, before.catalogue);
  const is = await wholeSchema(session, version.catalogue);
  return (text) => (strippedFaults(was, text).length > 0 ? [] : strippedFaults(is, text));
}

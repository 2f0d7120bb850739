// The executor in Apollo's seam: validate → coerce → plan → fetch → shape. What it did is noted for the entry.
import { GraphQLError, type DocumentNode, type ExecutionResult } from "graphql";
import { stripOperation, type EntryDraft, type StrippedOperation } from "../accesslog/index.js";
import type { Caller, DerivedKeys } from "../identity/index.js";
import type { PeopleSet } from "../consent/index.js";
import type { Source } from "../sources/index.js";
import type { Citizen } from "../terms/index.js";
import { charge, type Account, type Charge } from "./charge.js";
import type { AccessView } from "./access-view.js";
import { chooseOperation, validateDocument, type ChosenOperation } from "./check-document.js";
import { coerceVariables } from "./coerce-variables.js";
import type { Current } from "./current.js";
import { fetchPlan, type Fetched } from "./fetch.js";
import { introspect } from "./introspection.js";
import { lostFields, type LostFields } from "./lost-fields.js";
import { staleData } from "./keep-open.js";
import { boundPlan, type BoundPlan } from "./known-plans.js";
import type { PlanContext } from "./plan-builder.js";
import { planOperation } from "./plan-operation.js";
import type { Bound, ErrorPlace, Output, Plan, RefusedSelection } from "./plan.js";
import { nothingLeft, troubled, whatLeft, type WhatLeft } from "./record.js";
import { answerError, badInput, RequestRefused, type RefusedInput } from "./refusals.js";
import type { GraphQLParameters, RequestLimits } from "./request.js";
import type { Seals } from "./seals.js";
import { peopleFor, PeopleNotRead } from "./read-people.js";
import type { Gates } from "./row-gate.js";
import type { RowPeople } from "./row-people.js";
import { shape, type Emitted } from "./shape.js";
import { Timeline } from "./timeline.js";
import type { WrittenData } from "./written-data.js";

/** What one operation runs with. Everything that decides is fixed before it starts. */
export interface OperationContext {
  /** The entry's id: said to the application in `extensions.access`. */
  readonly entry: string;
  readonly caller: Caller;
  readonly current: Current;
  readonly view: AccessView;
  /** What can be asked at all: as with a citizen signed in, whether one is or not. */
  readonly schemaView: () => AccessView;
  readonly seals: Seals;
  readonly derived: DerivedKeys;
  readonly sources: ReadonlyMap<string, Source>;
  /** The signed-in citizen whom the application acts for. */
  readonly citizen: Citizen | null;
  /** What people have decided, read at most once and only where the plan needs it. @throws as the store does */
  readonly people: () => PeopleSet | null | Promise<PeopleSet | null>;
  /** Which rows are visible, and which of their cells open. */
  readonly gates: (who: RowPeople) => Gates;
  readonly limits: RequestLimits;
  readonly account: Account;
  /** Where to ask for a field: the tenant's contact. */
  readonly contact: string;
  /** The tenant's day on which the request arrived, `YYYY-MM-DD`. */
  readonly today: string;
  readonly signal: AbortSignal;
  readonly note: OperationNote;
  /** For the operator: an event's name, never a value. */
  readonly report: (event: string) => void;
}

/** Filled while the operation runs; the handler builds the entry from it, however the run ended. */
export interface OperationNote {
  /** Null until it was found valid: of other documents nothing is kept, since nobody has checked what they hold. */
  operation: { readonly hash: string; readonly text: string } | null;
  /** What a shadow version is asked too, once the answer is on its way; null: nothing that could be parsed. */
  asked: { readonly document: DocumentNode; readonly parameters: GraphQLParameters } | null;
  /** As sent; the log bounds and escapes it. */
  operationName: string | null;
  plan: Plan | null;
  /** What the request's ids and cursors open to. */
  bound: Bound | null;
  /** What was refused, as selection and as input. */
  selections: readonly RefusedSelection[];
  inputs: readonly RefusedInput[];
  left: WhatLeft;
  /** What the answer lacks because a service failed. */
  lost: readonly LostFields[];
  data: boolean;
  /** The signed-in citizen's token. */
  endUser: NonNullable<EntryDraft["personal"]["endUser"]> | null;
  /** Codes of the answer's errors, as web saw them leave. */
  codes: readonly string[];
  /** How long its steps took. */
  readonly timeline: Timeline;
  /** Said in `Retry-After`; null: not at all. */
  retryAfterSeconds: number | null;
}

/** @param timed its steps are told to somebody */
export const emptyNote = (timed: boolean): OperationNote => ({
  operation: null,
  asked: null,
  operationName: null,
  plan: null,
  bound: null,
  selections: [],
  inputs: [],
  left: nothingLeft,
  lost: [],
  data: false,
  endUser: null,
  codes: [],
  retryAfterSeconds: null,
  timeline: new Timeline(timed),
});

export async function executeOperation(
  document: DocumentNode,
  parameters: GraphQLParameters,
  context: OperationContext,
): Promise<ExecutionResult<WrittenData>> {
  const { note } = context;
  note.operationName = parameters.operationName;
  note.asked = { document, parameters };
  try {
    const allowed = allow(document, parameters, context);
    const { plan, keep, asksPeople } = allowed.known;
    const asked = asksPeople ? peopleFor(plan, context.view, context.people) : null;
    const people = asked instanceof Promise ? await asked : asked;
    const forgetting: (() => void)[] = [];
    const afterUse = (forget: () => void): unknown => forgetting.push(forget);
    const fetched = await fetchPlan(plan, {
      bound: allowed.bound,
      sources: context.sources,
      bounds: { signal: context.signal, maxRows: context.limits.rows, scanRows: context.limits.scanRows, afterUse },
      gates: context.gates({ people, citizen: context.citizen }),
      timeline: note.timeline,
      keep: (batch) => keep[batch.index] ?? null,
    });
    const answered = answerOf(allowed, fetched, context);
    // Law 13: while it waits for its record it holds what leaves, and no longer what that was made of.
    for (const forget of forgetting) forget();
    return answered;
  } catch (error) {
    return refusedAnswer(error, context);
  }
}

/** The answer of what must not go on. @throws what is no refusal */
function refusedAnswer(error: unknown, context: OperationContext): ExecutionResult<WrittenData> {
  const { note } = context;
  const refusal =
    error instanceof GraphQLError ? unfitArgument(error) : error instanceof PeopleNotRead ? notRead(context) : error;
  if (!(refusal instanceof RequestRefused)) throw refusal;
  const { inputs = [], selections = [], answer, retryAfterSeconds = null } = refusal.about;
  note.inputs = inputs;
  if (selections.length > 0) note.selections = selections;
  note.retryAfterSeconds = retryAfterSeconds;
  return { errors: refusal.errors, ...(answer ? { extensions: answer } : {}) };
}

/**
 * What graphql-js finds only with the variables at hand: `null` given for a variable whose default makes up for a `!`
 * (GraphQL specification 6.4.1). Like every input that does not fit it ends the request before any fetch; graphql-js's
 * own words are not passed on, since they quote literals (law 11).
 */
const unfitArgument = ({ nodes }: GraphQLError): RequestRefused =>
  badInput("An argument here does not take this value: a variable in it is null.", nodes ?? []);

/** Fail closed: whose rows may leave is not known, so none do. */
function notRead({ report }: OperationContext): RequestRefused {
  report("what people have decided was not read");
  return new RequestRefused([answerError("CONSENT_UNAVAILABLE")], { retryAfterSeconds: 2 });
}

/** An operation that may be read: valid, planned, and within what its agreement may spend. */
interface Allowed extends BoundPlan {
  readonly charged: Charge;
  readonly refused: readonly GraphQLError[];
  readonly introspected: Readonly<Record<string, unknown>>;
}

/** All that can be said before anything is read. @throws RequestRefused, GraphQLError */
function allow(document: DocumentNode, parameters: GraphQLParameters, context: OperationContext): Allowed {
  const { current, note, caller } = context;
  validateDocument(current.api, document);
  note.operation = strippedOnce(document);
  const chosen = chooseOperation(document, parameters.operationName);
  const { operation, fragments } = chosen;
  const { known, bound } = timedPlan(chosen, coerceVariables(current.api, operation, parameters.variables), context);
  const { plan } = known;
  [note.plan, note.bound, note.selections] = [plan, bound, plan.refused];
  const refused = plan.refused.length === 0 ? noErrors : refusalErrors(plan, context);
  if (refused.length > 0 && caller.agreement.snapshot.refusal === "reject") throw new RequestRefused(refused);
  const charged = charge(plan, context.account);
  const introspected = plan.introspects
    ? introspect(current, context.schemaView, {
        ...{ outputs: plan.outputs, operation, fragments },
        variables: parameters.variables,
      })
    : nothingIntrospected;
  return { known, bound, charged, refused, introspected };
}

const noErrors: readonly GraphQLError[] = [];
const nothingIntrospected: Readonly<Record<string, unknown>> = {};

function answerOf(
  { known: { plan, record }, charged, refused, introspected }: Allowed,
  fetched: Fetched,
  context: OperationContext,
): ExecutionResult<WrittenData> {
  const { note, seals, today, derived, caller } = context;
  const { data, emitted } = note.timeline.timed("shape", () => shape({ plan, fetched, seals, today, introspected }));
  const trouble = troubled(fetched);
  note.left = whatLeft({ plan, record, fetched, emitted, trouble }, derived, caller.agreement.tenant);
  if (trouble) note.lost = lostFields(plan, fetched);
  note.data = true;
  const errors =
    trouble || refused.length > 0 || plan.errors.length > 0
      ? [...plannedErrors(plan), ...refused, ...fetchErrors(plan, fetched)]
      : noErrors;
  const access = { entry: context.entry, ...withheldOf(emitted) };
  const extensions: Record<string, unknown> = { access, cost: charged.settle(emitted) };
  const stale = trouble ? staleData(plan, fetched) : [];
  if (stale.length > 0) extensions["stale"] = stale;
  return errors.length > 0 ? { errors, data, extensions } : { data, extensions };
}

/** Of rows that the application received, and nothing of others; nothing at all where every cell was open. */
const withheldOf = ({ withheld }: Emitted): { readonly withheld?: Readonly<Record<string, number>> } =>
  withheld.size === 0 ? {} : { withheld: Object.fromEntries(withheld) };

/** It follows from the document alone, so that all requests of one text may share it. */
const stripped = new WeakMap<DocumentNode, StrippedOperation>();

function strippedOnce(document: DocumentNode): StrippedOperation {
  const known = stripped.get(document) ?? stripOperation(document, { validated: true });
  stripped.set(document, known);
  return known;
}

function timedPlan(
  chosen: ChosenOperation,
  variables: Readonly<Record<string, unknown>>,
  context: OperationContext,
): BoundPlan {
  const { current, view, seals, caller, note } = context;
  const asked = { agreement: caller.agreement, policy: current.policy, view, seals, variables };
  return note.timeline.timed("plan", () =>
    boundPlan(chosen, asked, () => planOperation(planContext(chosen, variables, context), chosen.operation)),
  );
}

const planContext = (
  { fragments, late }: ChosenOperation,
  variables: Readonly<Record<string, unknown>>,
  { current, view, seals, limits, contact }: OperationContext,
): PlanContext => ({
  ...{ schema: current.api, catalogue: current.policy.catalogue, view, seals, limits, contact },
  ...{ collect: { fragments, variables }, late: late.names },
});

function refusalErrors(plan: Plan, context: OperationContext): GraphQLError[] {
  const { purpose } = context.caller.agreement;
  return plan.refused.map(({ coordinate, place, reason }) =>
    errorAt("FIELD_NOT_SHARED", place, {
      message: refusalSentence(coordinate, reason, context),
      extensions: { coordinate, purpose, contact: context.contact },
    }),
  );
}

function refusalSentence(coordinate: string, reason: RefusedSelection["reason"], context: OperationContext): string {
  const { application, purpose } = context.caller.agreement;
  if (reason === "no-citizen")
    return `${coordinate} is shared with ${application} for ${purpose} only as a signed-in citizen's own data: send that citizen's access token beside the key, in the header Citizen-Authorization: Bearer ….`;
  if (reason === "statistics-only")
    return `${coordinate} is open to ${application} for ${purpose} in statistics only, not row by row. To ask for it: ${context.contact}.`;
  return `${coordinate} is not shared with ${application} for ${purpose}. To ask for it: ${context.contact}.`;
}

const plannedErrors = (plan: Plan): GraphQLError[] => plan.errors.map(({ code, place }) => errorAt(code, place));

/** One error for each place of the operation whose fetch failed: never one per row, never the source's own words. */
function fetchErrors(plan: Plan, fetched: Fetched): GraphQLError[] {
  const errors: GraphQLError[] = [];
  const visit = (output: Output): void => {
    if (output.kind !== "one" && output.kind !== "list") return;
    const failure = fetched.batches[output.fetch.batch.index]?.failure;
    if (failure) errors.push(errorAt(failure.code, output.place));
  };
  plan.outputs.forEach(visit);
  for (const object of plan.objects) object.outputs.forEach(visit);
  return errors;
}

function errorAt(
  code: Parameters<typeof answerError>[0],
  place: ErrorPlace,
  details: Parameters<typeof answerError>[1] = {},
): GraphQLError {
  return answerError(code, {
    ...details,
    nodes: [place.node],
    path: place.path,
    extensions: { ...details.extensions, ...(place.selection === null ? {} : { selection: place.selection }) },
  });
}

// What another version would have decided about a request that was answered: the same planner, a plan that is never
// fetched. Pure; what it tells are coordinates of schema.graphql, never a name or a value that an application chose.
import { GraphQLError, TypeInfo, visit, visitWithTypeInfo, type DocumentNode, type GraphQLSchema } from "graphql";
import { agreedFields, openFields, type Caller } from "../identity/index.js";
import type { ShadowDifference } from "../policy/index.js";
import type { Coordinate } from "../terms/index.js";
import { accessViewOf, type AccessView, type ViewDecision } from "./access-view.js";
import { chooseOperation, validateDocument } from "./check-document.js";
import { coerceVariables } from "./coerce-variables.js";
import type { CurrentVersion } from "./current.js";
import type { OperationNote } from "./execute.js";
import { planOperation } from "./plan-operation.js";
import type { Output, Plan } from "./plan.js";
import { RequestRefused, type RefusedInput } from "./refusals.js";
import type { GraphQLParameters, RequestLimits } from "./request.js";
import type { Seals } from "./seals.js";

/** How one version decides one request. */
export type Decided =
  | { readonly kind: "planned"; readonly plan: Plan }
  /** By fields that may not choose or sort rows. */
  | { readonly kind: "stopped"; readonly inputs: readonly RefusedInput[] }
  | { readonly kind: "invalid"; readonly code: string };

export interface Asked {
  readonly document: DocumentNode;
  readonly parameters: GraphQLParameters;
  readonly seals: Seals;
  readonly limits: RequestLimits;
  readonly contact: string;
}

/** What was really decided; null where nothing was: a request that no version could have answered. */
export function decidedBy({ plan, inputs, operation, codes }: OperationNote): Decided | null {
  if (plan !== null) return { kind: "planned", plan };
  if (inputs.length > 0) return { kind: "stopped", inputs };
  const invalid = operation === null && codes.includes("GRAPHQL_VALIDATION_FAILED");
  return invalid ? { kind: "invalid", code: "GRAPHQL_VALIDATION_FAILED" } : null;
}

/** What the agreement would be granted by a version. @throws PolicyNotUnderstood */
export function viewUnder(version: CurrentVersion, { key, agreement }: Caller, citizen: boolean): AccessView {
  const { catalogue } = version.policy;
  // The built-in agreement lists what the version itself declares open.
  const fields = key === null ? new Set(openFields(catalogue)) : agreedFields(agreement.snapshot, catalogue);
  const { ref, application, purpose } = agreement;
  const { basis, units } = agreement.snapshot;
  const grant = version.policy.grant({ agreement: ref, application, purpose, fields });
  return accessViewOf(grant, catalogue, { basis, units, citizen });
}

export function decideUnder(version: CurrentVersion, view: AccessView, asked: Asked): Decided {
  const { document, parameters, seals, limits, contact } = asked;
  const { api: schema, policy } = version;
  try {
    validateDocument(schema, document);
    const { operation, fragments } = chooseOperation(document, parameters.operationName);
    const variables = coerceVariables(schema, operation, parameters.variables);
    const collect = { fragments, variables };
    const context = { schema, catalogue: policy.catalogue, view, seals, limits, collect, contact };
    return { kind: "planned", plan: planOperation(context, operation) };
  } catch (error) {
    if (error instanceof GraphQLError) return { kind: "invalid", code: "BAD_USER_INPUT" };
    if (!(error instanceof RequestRefused)) throw error;
    const { inputs = [] } = error.about;
    if (inputs.length > 0) return { kind: "stopped", inputs };
    return { kind: "invalid", code: String(error.errors[0]?.extensions["code"]) };
  }
}

/** One version's decision and what it was made by. */
export interface Side {
  readonly decided: Decided;
  readonly view: AccessView;
  readonly api: GraphQLSchema;
}

const askable = "can be asked";

/** Each coordinate and kind once. */
export function differencesOf(before: Side, after: Side, document: DocumentNode): ShadowDifference[] {
  const [was, would] = [before.decided, after.decided];
  if (would.kind === "invalid") {
    if (was.kind === "invalid") return [];
    const missing = missingIn(document, before.api, after.api);
    return missing.map((at) => ({ coordinate: at, kind: "invalid", before: askable, after: would.code, rule: null }));
  }
  const told = teller(before.view, after.view);
  if (was.kind === "invalid") {
    // A request that its filter would stop is answered under neither.
    if (would.kind === "stopped") return [];
    const found = missingIn(document, after.api, before.api);
    return [
      ...found.map((at) => ({ coordinate: at, kind: "valid", before: was.code, after: askable, rule: null }) as const),
      ...[...openedBy(would.plan).keys()].map((at) => told(at, "gained", "after")),
    ];
  }
  const differences: ShadowDifference[] = [];
  const inputs = (decided: Decided): Set<Coordinate> =>
    new Set(decided.kind === "stopped" ? decided.inputs.map((input) => input.coordinate as Coordinate) : []);
  const [stoppedBy, wouldStop] = [inputs(was), inputs(would)];
  for (const at of stoppedBy) if (!wouldStop.has(at)) differences.push(told(at, "filter-gained"));
  for (const at of wouldStop) if (!stoppedBy.has(at)) differences.push(told(at, "filter-lost"));
  if (was.kind === "planned" && would.kind === "planned")
    differences.push(...selections(openedBy(was.plan), openedBy(would.plan), told));
  return differences;
}

type Teller = (at: Coordinate, kind: ShadowDifference["kind"], reached?: "before" | "after") => ShadowDifference;

/** @returns tells both decisions; `reached` says which of them counted, where only one did. */
const teller =
  (before: AccessView, after: AccessView): Teller =>
  (at, kind, reached) => {
    const [was, would] = [before.decision(at), after.decision(at)];
    return {
      coordinate: at,
      kind,
      before: reached === "after" && was.shared ? "not reached" : inWords(was),
      after: reached === "before" && would.shared ? "not reached" : inWords(would),
      rule: would.rule === null ? null : `${would.rule.file}:${would.rule.line}`,
    };
  };

const inWords = (decision: ViewDecision): string =>
  decision.shared ? `${decision.rows} ${decision.mask}` : decision.reason;

function selections(
  was: ReadonlyMap<Coordinate, string>,
  would: ReadonlyMap<Coordinate, string>,
  told: Teller,
): ShadowDifference[] {
  const found: ShadowDifference[] = [];
  for (const [at, mask] of was) {
    const other = would.get(at);
    if (other === undefined) found.push(told(at, "lost", "before"));
    else if (other !== mask) found.push(told(at, "mask"));
  }
  for (const at of would.keys()) if (!was.has(at)) found.push(told(at, "gained", "after"));
  return found;
}

/** Fields that a plan gives, links among them, with their mask. */
function openedBy(plan: Plan): Map<Coordinate, string> {
  const opened = new Map<Coordinate, string>();
  const add = (output: Output): void => {
    if (output.kind === "value") opened.set(output.coordinate, output.mask);
    if ((output.kind === "one" || output.kind === "list") && output.coordinate !== null)
      opened.set(output.coordinate, "-");
  };
  for (const object of plan.objects) object.outputs.forEach(add);
  return opened;
}

const mostMissing = 20;

/** Coordinates of the document that one schema has and another lacks; `Query` where it is none of its fields. */
function missingIn(document: DocumentNode, has: GraphQLSchema, lacks: GraphQLSchema): Coordinate[] {
  const missing = new Set<string>();
  const types = new TypeInfo(has);
  const field = (): false | undefined => {
    const [parent, found] = [types.getParentType(), types.getFieldDef()];
    if (!parent || !found || found.name.startsWith("__") || missing.size >= mostMissing) return undefined;
    const other = lacks.getType(parent.name);
    if (other && "getFields" in other && Object.hasOwn(other.getFields(), found.name)) return undefined;
    missing.add(`${parent.name}.${found.name}`);
    // What lies below is missing with it.
    return false;
  };
  visit(document, visitWithTypeInfo(types, { Field: field }));
  return (missing.size === 0 ? ["Query"] : [...missing]) as Coordinate[];
}

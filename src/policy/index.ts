// May this application, for this purpose, read this field; by which line.
export {
  rowsWords,
  type Decision,
  type FilterName,
  type Grant,
  type GrantSubject,
  type Mask,
  type RowCondition,
  type RowFilter,
  type RowRule,
  type RuleRef,
  type ValueMask,
} from "./grant.js";
export { commonFolder, policyPathKind, versionId, type VersionContent } from "./content.js";
export { modelText } from "./model.js";
export { formatRules, type FormattedFile } from "./format.js";
export { lintRules, type LintOptions } from "./lint.js";
export { type SignedAgreement } from "./signed.js";
export { checkPolicy, readableFilters, readableRules, type CheckedPolicy, type PolicyNames } from "./check.js";
export {
  groupMembers,
  matchedCoordinates,
  matchesApplication,
  matchesPurpose,
  openData,
  type AllowRule,
  type DenyRule,
  type Membership,
  type Rule,
  type RuleSet,
} from "./rules.js";
export { maskFits, maskKinds, maskParts, maskWords, readMask, type MaskKind } from "./masks.js";
export { createJudge, PolicyNotUnderstood, type Judge, type Verdict } from "./judge.js";
export { compileGrant } from "./compile-grant.js";
export {
  checkVersion,
  checkVersionAlone,
  loadPolicyVersion,
  PolicyVersionRefused,
  schemaName,
  type PolicyVersion,
  type TownNames,
} from "./version.js";
export { listRuleFiles, readPolicyFolder, readRuleFile, type ReadFolder, type ReadRuleFile } from "./read-folder.js";
export { watchPolicies, type PolicyWatch } from "./watch.js";
export { policyEntities } from "./policy-version.entity.js";
export {
  explainDecisions,
  explainField,
  matchingRules,
  type ExplainedDecision,
  type FieldExplanation,
  type MatchingLine,
} from "./explain.js";
export { commentOn, neededLine, type NeededLine } from "./explain-needed.js";
export { isAboutSomebody, unknownField, type UnknownField } from "./check-names.js";
export { runPolicyTests, type TestFailure, type TestNames, type TestReport } from "./policy-tests.js";
export { readTestFiles, type TestFiles } from "./policy-tests-folder.js";
export { PolicyStore, RevisionMoved, type AppliedVersion } from "./policy-store.js";
export { compareGrants, type DecisionChange, type Direction } from "./compare.js";
export { compareCatalogues, type SchemaChange } from "./compare-schema.js";
export { changeWords, directionWords, form, lineOf, schemaWords } from "./compare-words.js";
export {
  ShadowStore,
  type DifferenceCount,
  type DifferenceKind,
  type LookedCount,
  type ShadowCounts,
  type ShadowDifference,
} from "./shadow-store.js";
export { rightsOf, rolesWith, type StaffRight, type StaffRole } from "./staff-rights.js";

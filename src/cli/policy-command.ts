// `passerelle policy`: its words, each in a file of its own.
import type { Command } from "commander";
import { addPolicyApply } from "./policy-apply.js";
import { addPolicyCheck } from "./policy-check.js";
import { addPolicyExplain } from "./policy-explain.js";
import { addPolicyFormat } from "./policy-format.js";
import { addPolicyGrants } from "./policy-grants.js";
import { addPolicyDiff } from "./policy-diff.js";
import { addPolicyPlan } from "./policy-plan.js";
import { addPolicyRollback } from "./policy-rollback.js";
import { addPolicyTest } from "./policy-test.js";
import { addPolicyLsp } from "./policy-lsp.js";
import { addPolicyShadow } from "./policy-shadow.js";
import { addPolicyVersions } from "./policy-versions.js";
import { addPolicyWho } from "./policy-who.js";
import type { CommandContext } from "./session.js";

export function addPolicyCommand(program: Command, context: CommandContext): void {
  const policy = program
    .command("policy")
    .description("the rules: check, format, test, explain, who, grants, plan, apply, history, rollback, shadow");
  addPolicyCheck(policy, context);
  addPolicyFormat(policy, context);
  addPolicyTest(policy, context);
  addPolicyExplain(policy, context);
  addPolicyWho(policy, context);
  addPolicyGrants(policy, context);
  addPolicyVersions(policy, context);
  addPolicyLsp(policy, context);
  addPolicyShadow(policy, context);
  addPolicyPlan(policy, context);
  addPolicyApply(policy, context);
  addPolicyRollback(policy, context);
  addPolicyDiff(policy, context);
}

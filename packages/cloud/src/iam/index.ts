export { compile, type Evaluator, type Policy, type ResourcePolicy, type Statement, type Verdict } from "./evaluator.ts"
export { compileResourcePolicies, type ResourcePolicies } from "./resource-policies.ts"
export { compileRoles } from "./roles.ts"
export { checkTrust } from "./trust.ts"

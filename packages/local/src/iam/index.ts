export { compile, type Evaluator, type Policy, type ResourcePolicy, type Statement, type Verdict } from "./evaluator.ts"
export { recordGrants } from "./grants.ts"
export { compileResourcePolicies, type ResourcePolicies } from "./resource-policies.ts"
export { compileRoles } from "./roles.ts"

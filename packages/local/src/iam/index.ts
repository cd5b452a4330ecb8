export { compile, type Evaluator, type Policy, type Statement, type Verdict } from "./evaluator.ts"
export { compileRoles } from "./roles.ts"

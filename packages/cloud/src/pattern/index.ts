export { compilePattern, type Pattern } from "./compile.ts"
export { RULE, SOURCE, SUBSCRIPTION } from "./dialect.ts"
export { PatternError } from "./error.ts"

import { statements } from "../../analytics/index.ts"
import { tool } from "./tool.ts"

const statement = statements.performancesHistory

export const performanceHistory = tool({
  name: "performance_history",
  description: statement.description,
  input: statement.params,
  statement,
  toParams: (input) => input,
})

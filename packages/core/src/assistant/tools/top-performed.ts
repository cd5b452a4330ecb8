import { statements } from "../../analytics/index.ts"
import { tool } from "./tool.ts"

const statement = statements.performancesTop

export const topPerformed = tool({
  name: "top_performed",
  description: statement.description,
  input: statement.params,
  statement,
  toParams: (input) => input,
})

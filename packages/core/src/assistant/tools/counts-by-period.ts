import { statements } from "../../analytics/index.ts"
import { tool } from "./tool.ts"

const statement = statements.countsByPeriod

export const countsByPeriod = tool({
  name: "counts_by_period",
  description: statement.description,
  input: statement.params,
  statement,
  toParams: (input) => input,
})

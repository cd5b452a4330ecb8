import { statements } from "../../analytics/index.ts"
import { tool } from "./tool.ts"

const statement = statements.namesFind

export const findNames = tool({
  name: "find_names",
  description: statement.description,
  input: statement.params,
  statement,
  toParams: (input) => input,
})

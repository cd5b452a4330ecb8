import * as z from "zod"
import { statements } from "../../analytics/index.ts"
import { MODEL_ROWS } from "../limits.ts"
import { tool } from "./tool.ts"

const statement = statements.concertsSearch

export const findConcerts = tool({
  name: "find_concerts",
  description: `${statement.description} Give \`on\` for one day; order "last" with limit 1 for the latest.`,
  // Pages are for people who scroll; a model asks more precisely instead.
  input: statement.params
    .omit({ after: true })
    .extend({ limit: z.int().min(1).max(MODEL_ROWS).default(10).describe("Most concerts to list.") }),
  statement,
  toParams: (input) => input,
})

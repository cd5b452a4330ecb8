import { statements } from "../../analytics/index.ts"
import { tool } from "./tool.ts"

const statement = statements.venuesPopularity

export const venuePopularity = tool({
  name: "venue_popularity",
  description: `${statement.description} Give from and to, or days; without either the last 90 days.`,
  input: statement.params,
  statement,
  toParams: (input) => input,
})

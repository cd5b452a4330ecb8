import { busName } from "./bus.ts"
import { shownRule } from "./describe-rule.ts"
import { invalid, type Operation } from "./operation.ts"

const PAGE = 100

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html */
export const ListRules: Operation = {
  access: () => [{ action: "events:ListRules", resource: "*" }],
  run({ input, buses }) {
    const limit = input.Limit ?? PAGE
    if (!Number.isInteger(limit) || limit < 1 || limit > PAGE) throw invalid(`Limit is a number from 1 to ${PAGE}.`)
    const from = input.NextToken === undefined ? 0 : Number(input.NextToken)
    const all = [...buses.rules(busName(input.EventBusName)).values()].filter(({ name }) =>
      name.startsWith(input.NamePrefix ?? ""),
    )
    const next = from + limit
    return { Rules: all.slice(from, next).map(shownRule), NextToken: next < all.length ? String(next) : undefined }
  },
}

import { pageOf, readToken } from "../page-token.ts"
import { busName } from "./bus.ts"
import { shownRule } from "./describe-rule.ts"
import { invalid, type Operation } from "./operation.ts"

const PAGE = 100

export function limitOf({ Limit = PAGE }: Record<string, any>): number {
  if (Number.isInteger(Limit) && Limit >= 1 && Limit <= PAGE) return Limit
  throw invalid(`Limit is a number from 1 to ${PAGE}.`)
}

export const invalidToken = (reason: string) => invalid(`Parameter NextToken is not valid. Reason: ${reason}`)

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html */
export const ListRules: Operation = {
  access: () => [{ action: "events:ListRules", resource: "*" }],
  run({ input, buses }) {
    const limit = limitOf(input)
    const { EventBusName, NamePrefix } = input
    const token = readToken(input.NextToken, { EventBusName, NamePrefix }, invalidToken)
    const asked = token?.asked ?? { EventBusName, NamePrefix }
    const rules = [...buses.rules(busName(asked.EventBusName)).values()]
    const all = rules.filter(({ name }) => name.startsWith(asked.NamePrefix ?? ""))
    const { items, next } = pageOf(all, token?.position ?? 0, limit, asked)
    return { Rules: items.map(shownRule), NextToken: next }
  },
}

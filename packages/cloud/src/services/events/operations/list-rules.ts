import { pageOf, readToken } from "../../page-token.ts"
import type { Given } from "../../protocol/operation.ts"
import { busName } from "../bus.ts"
import { shownRule } from "./describe-rule.ts"
import { invalid, operation } from "./operation.ts"

const PAGE = 100

export function limitOf({ Limit = PAGE }: Given<"Limit">): number {
  if (typeof Limit === "number" && Number.isInteger(Limit) && Limit >= 1 && Limit <= PAGE) return Limit
  throw invalid(`Limit is a number from 1 to ${PAGE}.`)
}

export const invalidToken = (reason: string) => invalid(`Parameter NextToken is not valid. Reason: ${reason}`)

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html */
export const ListRules = operation({
  members: ["NamePrefix", "EventBusName", "NextToken", "Limit"],
  access: () => [{ action: "events:ListRules", resource: "*" }],
  run({ input, buses }) {
    const limit = limitOf(input)
    const { EventBusName, NamePrefix } = input
    const token = readToken(input.NextToken, { EventBusName, NamePrefix }, invalidToken)
    const asked = token?.asked ?? { EventBusName, NamePrefix }
    const rules = [...buses.rules(busName(asked.EventBusName)).values()]
    const all = rules.filter(({ name }) => name.startsWith(String(asked.NamePrefix ?? "")))
    const { items, next } = pageOf(all, token?.position ?? 0, limit, asked)
    return { output: { Rules: items.map(shownRule), NextToken: next } }
  },
})

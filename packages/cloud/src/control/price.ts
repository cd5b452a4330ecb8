import * as z from "zod"
import { rounded } from "../prices/charge.ts"
import { idleCharges } from "../prices/idle.ts"
import { billOf } from "../prices/ledger.ts"
import { PRICES } from "../prices/prices.ts"
import { connectionCharges } from "../prices/usage-price.ts"
import { json, parsed, type Parts, type Route } from "./route.ts"

const Asked = z.strictObject({
  /** Epoch milliseconds of the cloud's clock. */
  since: z.coerce.number().int().min(0).optional(),
  /** Request id of one invocation. */
  invocation: z.string().min(1).optional(),
  /** Part of a function's name. */
  function: z.string().min(1).optional(),
})

/** Connections are charged when they close; this is what those that are open have come to. */
const openConnections = ({ sockets, cloud }: Parts) =>
  sockets
    .all()
    .filter(({ socket }) => socket)
    .flatMap(({ connectedAt }) => connectionCharges(cloud().now() - connectedAt))

/** What everything would have cost in AWS, by service and in all, and what an idle hour costs. */
export const price: Route = {
  method: "GET",
  path: "price",
  answer({ url }, parts) {
    const asked = parsed(Asked, Object.fromEntries(url.searchParams))
    if ("refusal" in asked) return asked.refusal
    const { since, invocation, function: name } = asked.is
    const { ledger } = parts.calls
    const isAll = since === undefined && invocation === undefined && name === undefined
    const bill = isAll
      ? ledger.all()
      : ledger.some(
          (entry) =>
            (since === undefined || entry.at >= since) &&
            (invocation === undefined || entry.invocation === invocation) &&
            (name === undefined || (entry.function ?? "").includes(name)),
        )
    const open = openConnections(parts)
    return json(200, {
      asOf: PRICES.asOf,
      region: PRICES.region,
      ...bill,
      /** False where charges of the time asked for are no longer kept one by one. */
      complete: isAll || (since ?? -Infinity) >= ledger.keptSince,
      openConnections: { count: open.length, microUsd: rounded(billOf(open).microUsd) },
      idlePerHour: billOf(idleCharges(parts.assembly)),
    })
  },
}

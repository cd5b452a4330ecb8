import { badInput, json, type Route } from "./route.ts"

/** `GET /_local/calls?since=n&limit=`: calls after position n, oldest first; ask again from the last `n`. */
export const calls: Route = {
  method: "GET",
  path: "calls",
  answer({ url }, { calls: log }) {
    const since = Number(url.searchParams.get("since") ?? 0)
    const limit = Number(url.searchParams.get("limit") ?? 1_000)
    if (!Number.isInteger(since) || since < 0 || !Number.isInteger(limit) || limit < 1 || limit > 5_000)
      return badInput("since is a whole number from 0, limit one from 1 to 5000.")
    return json(200, { items: log.since(since, limit) })
  },
}

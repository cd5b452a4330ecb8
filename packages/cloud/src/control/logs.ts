import { badInput, json, type Route } from "./route.ts"

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "REPORT"]

/** `GET /_local/logs?since=&function=&requestId=&level=&limit=`: what functions wrote, oldest first; ask again from the last `n`. Without `since`, the newest lines. */
export const logs: Route = {
  method: "GET",
  path: "logs",
  answer({ url }, { lines }) {
    const text = (name: string) => url.searchParams.get(name) ?? undefined
    const [since, limit, level] = [text("since"), Number(text("limit") ?? 1_000), text("level")?.toUpperCase()]
    if (since !== undefined && !/^\d+$/.test(since))
      return badInput("since is a whole number from 0: the n of the last line you have.")
    if (!Number.isInteger(limit) || limit < 1 || limit > 5_000) return badInput("limit is a whole number from 1 to 5000.")
    if (level !== undefined && !LEVELS.includes(level)) return badInput(`level is one of ${LEVELS.join(", ")}.`)
    const wanted = { function: text("function"), requestId: text("requestId"), level, limit }
    return json(200, { items: lines.find({ ...wanted, since: since === undefined ? undefined : Number(since) }) })
  },
}

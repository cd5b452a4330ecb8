import { readSchedule } from "../../schedule/expression.ts"
import { instantOf, nextCronIn, wallTime } from "../../schedule/zone.ts"

/** When a schedule fires next after a time; undefined when it never does again. Epoch milliseconds. */
export type When = (after: number) => number | undefined

interface Timing {
  expression: string
  zone: string
  createdAt: number
  startAt?: number
  endAt?: number
}

/** Reads `at(…)`, `rate(…)` or `cron(…)`: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
export function readWhen({ expression, zone, createdAt, startAt = 0, endAt = Infinity }: Timing): When {
  wallTime(0, zone) // Throws for a zone that is not known.
  const once = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression)?.[1]
  if (once !== undefined) {
    const wall = Date.parse(`${once}Z`)
    const isTime = !Number.isNaN(wall) && new Date(wall).toISOString().startsWith(once)
    const instant = isTime ? instantOf(wall, zone) : undefined
    if (instant === undefined) throw new Error(`Schedule ${expression}: there is no such time in ${zone}.`)
    return (after) => (instant > after ? instant : undefined)
  }
  const cron = /^cron\((.+)\)$/.exec(expression)?.[1]
  const rate = readSchedule(expression)
  return (after) => {
    const from = Math.max(after, startAt - 1)
    const next = cron === undefined ? rate(from, Math.max(createdAt, startAt)) : nextCronIn(cron, from, zone)
    return next !== undefined && next <= endAt ? next : undefined
  }
}

import { nextCron } from "./cron.ts"

const UNITS_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

/** The first time after `after` at which a rule fires that was created at `createdAt`; all in epoch milliseconds. */
export type Schedule = (after: number, createdAt: number) => number | undefined

/** Reads `rate(15 minutes)` or `cron(0 10 * * ? *)`: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
export function readSchedule(expression: string): Schedule {
  const cron = /^cron\((.+)\)$/.exec(expression)?.[1]
  if (cron !== undefined) {
    nextCron(cron, 0)
    return (after) => nextCron(cron, after)
  }
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression)
  const every = rate ? Number(rate[1]) * UNITS_MS[rate[2] as keyof typeof UNITS_MS] : 0
  if (every === 0)
    throw new Error(`NOT_SIMULATED: schedule ${expression}: only rate(n minutes|hours|days) and cron(…) are known.`)
  return (after, createdAt) => createdAt + (Math.floor((after - createdAt) / every) + 1) * every
}

import { now } from "../clock.ts"
import { log } from "../logger.ts"
import * as table from "./table.ts"

/** How old a function's knowledge of taps may be: what a new tap catches is complete after this. */
const FRESH_MS = 10_000
/** What tracing may cost a function in waiting, where the table does not answer. */
const TIMEOUT_MS = 2_000
/** Who got no answer asks again sooner. */
const RETRY_MS = 1_000

let known: readonly table.Info[] = []
let askedAt = -Infinity
let asking: Promise<void> | undefined

/** What this function just did to the list. */
export function learn(taps: readonly table.Info[]): void {
  known = taps
  askedAt = now()
}

async function ask(): Promise<void> {
  askedAt = now()
  try {
    known = await table.all(AbortSignal.timeout(TIMEOUT_MS))
  } catch (error) {
    askedAt = now() - FRESH_MS + RETRY_MS
    log.warn("taps were not read", { error })
  }
}

/** Has this function know the taps as they were ten seconds ago or later. Never throws: without an answer it goes by what it knew. */
export async function refresh(): Promise<void> {
  if (Math.abs(now() - askedAt) >= FRESH_MS) asking ??= ask().finally(() => (asking = undefined))
  await asking
}

export const live = (): table.Info[] => known.filter(({ expiresAt }) => expiresAt > now())

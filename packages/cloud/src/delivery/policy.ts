import type { Cloud } from "../service.ts"

/** How long EventBridge and its Scheduler try: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
export interface RetryPolicy {
  /** Repetitions after the first attempt. */
  attempts: number
  ageMs: number
}

const DEFAULT: RetryPolicy = { attempts: 185, ageMs: 24 * 3_600_000 }

/** Reads `{ MaximumRetryAttempts, MaximumEventAgeInSeconds }`. */
export function readRetryPolicy(given: any): RetryPolicy {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = given ?? {}
  return {
    attempts: MaximumRetryAttempts === undefined ? DEFAULT.attempts : Number(MaximumRetryAttempts),
    ageMs: MaximumEventAgeInSeconds === undefined ? DEFAULT.ageMs : Number(MaximumEventAgeInSeconds) * 1000,
  }
}

/** Exponential, at most ten minutes apart, so that 185 repetitions fill a day. */
export const pauseMs = (failures: number): number => Math.min(600_000, 500 * 2 ** Math.min(failures, 11))

/** Pauses as the policy allows, for something accepted at `at`; `exhausted` says which limit ended it. */
export function patience(policy: RetryPolicy, cloud: Pick<Cloud, "now">, at: number) {
  const state = {
    exhausted: undefined as "MaximumRetryAttempts" | "MaximumEventAgeInSeconds" | undefined,
    pauseMs(failures: number): number | undefined {
      const pause = pauseMs(failures)
      if (failures > policy.attempts) state.exhausted = "MaximumRetryAttempts"
      else if (cloud.now() + pause - at > policy.ageMs) state.exhausted = "MaximumEventAgeInSeconds"
      return state.exhausted === undefined ? pause : undefined
    },
  }
  return state
}

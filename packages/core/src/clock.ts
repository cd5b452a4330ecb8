import { createContext } from "./context.ts"

/** Time comes from context, so expiry, retries and schedules are tested by moving it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
}

const context = createContext<Clock>("clock", () => ({ now: Date.now }))

export const now = (): number => context.use().now()
export const withClock = context.with

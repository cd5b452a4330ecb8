import type { createTestCloud } from "../../src/endpoint/test-cloud.ts"

export type World = Awaited<ReturnType<typeof createTestCloud>>

/** A call that AWS refuses: what it is, how it is made, and the name and HTTP status of the error that AWS documents for it. */
export type Row = readonly [what: string, call: () => Promise<unknown>, name: string, status: number]

/** Settings of a client that asks once. */
export const once = (world: World, as?: string) => ({ ...world.as(as), maxAttempts: 1 })

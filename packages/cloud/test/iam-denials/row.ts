import type { createTestCloud } from "../../src/endpoint/test-cloud.ts"

export type World = Awaited<ReturnType<typeof createTestCloud>>

/** What operations answered so far, by `<service> <operation>`, as JSON or text. */
export type Kept = Record<string, any>

/** One operation, made as a function. */
export interface Row {
  service: string
  operation: string
  call(world: World, as: string, kept: Kept): Promise<{ status: number; answer: unknown }>
  /** The error of a call that is allowed and comes too early, too late or for nobody; otherwise it succeeds. */
  error?: string
  /** The operation that IAM is asked about instead, once for each part of the call. */
  decidedAs?: string
}

type Made<T> = T | ((kept: Kept, world: World) => T)
const madeOf = <T>(made: Made<T>, kept: Kept, world: World): T =>
  typeof made === "function" ? (made as (kept: Kept, world: World) => T)(kept, world) : made

/** Rows of a service with a JSON protocol. */
export const json =
  (service: string, prefix: string) =>
  (operation: string, body: Made<object> = {}, error?: string): Row => ({
    service,
    operation,
    error,
    async call({ cloud, ...world }, as, kept) {
      const target = `${prefix}.${operation}`
      const { status, json: answer } = await cloud.call({
        service,
        target,
        body: madeOf(body, kept, { cloud, ...world }),
        as,
      })
      return { status, answer }
    },
  })

/** Rows of a service with the query protocol. */
export const form =
  (service: string) =>
  (operation: string, fields: Made<Record<string, string>> = {}, error?: string): Row => ({
    service,
    operation,
    error,
    async call(world, as, kept) {
      const body = new URLSearchParams({ Action: operation, ...madeOf(fields, kept, world) }).toString()
      const headers = { "content-type": "application/x-www-form-urlencoded" }
      const { status, body: answer } = await world.cloud.call({ service, body, headers, as })
      return { status, answer: answer.toString() }
    },
  })

interface Rest {
  method: string
  path: Made<string>
  body?: string
  headers?: Record<string, string>
  error?: string
}

/** Rows of a service whose operations are methods and paths. */
export const rest =
  (service: string) =>
  (operation: string, { method, path, body, headers, error }: Rest): Row => ({
    service,
    operation,
    error,
    async call(world, as, kept) {
      const asked = { service, method, path: madeOf(path, kept, world), body, headers, as }
      const { status, body: answer } = await world.cloud.call(asked)
      return { status, answer: answer.toString() }
    },
  })

import { expect, test } from "vitest"
import { spent } from "./spent.ts"
import type { Bill, Price } from "./wire.ts"

const bill = (microUsd: number): Bill => ({ microUsd, services: microUsd > 0 ? { lambda: { microUsd, items: {} } } : {} })
const price = (microUsd: number): Price => ({
  ...bill(microUsd),
  asOf: "2026-11-21",
  region: "r",
  complete: true,
  idlePerHour: bill(60_000),
})
const functionName = (logicalId: string) => ({
  stack: "s",
  logicalId,
  type: "AWS::Lambda::Function",
  engine: "lambda",
  name: `local-${logicalId}`,
})
const RESOURCES = [functionName("SocketDefault11223344"), functionName("RunWorker55667788")]

/** A control surface with so many frames and, after a question, its run. */
function surface({ frames, invocation }: { frames: number; invocation?: string }) {
  const asked: object[] = []
  return {
    asked,
    clock: async () => ({ now: 1_000_000_000, aheadMs: 0 }),
    functions: async () => [{ function: "local-SocketDefault11223344", invocations: frames } as never],
    calls: async (query: object) => (asked.push(query), invocation ? [{ invocation } as never] : []),
    price: async (query: { since?: number; invocation?: string; function?: string } = {}) => {
      asked.push(query)
      if (query.invocation) return price(380)
      if (query.function) return price(frames * 7)
      return price(query.since ? 1_000 : 25_000)
    },
  }
}

test("a question costs what its run did, a message the mean of all frames, an hour twelve times five minutes and what stands", async () => {
  const ask = surface({ frames: 4, invocation: "i-1" })
  expect(await spent(ask, RESOURCES)).toMatchObject({
    question: { microUsd: 380 },
    message: { count: 4, bill: { microUsd: 7, services: { lambda: { microUsd: 7 } } } },
    hour: { busyMicroUsd: 12_000, idleMicroUsd: 60_000, minutes: 5 },
    all: { microUsd: 25_000 },
  })
  expect(ask.asked).toContainEqual({ since: 1_000_000_000 - 300_000 })
  expect(ask.asked).toContainEqual({ function: "local-RunWorker55667788", service: "bedrock", last: 1 })
})

test("before the first question and the first frame there is no price for them", async () => {
  const { question, message } = await spent(surface({ frames: 0 }), RESOURCES)
  expect([question, message]).toEqual([undefined, undefined])
})

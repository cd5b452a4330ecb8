import type { EventInput } from "../../../packages/core/src/event/index.ts"
import { untilLoaded } from "../../../packages/season/src/import/loaded.ts"
import { createProducer } from "../../../packages/season/src/import/producer.ts"

/** Tells events as a producer does, and waits until the warehouse holds them. */
export async function told(target: { http: string; token(): Promise<string> }, events: readonly EventInput[]): Promise<void> {
  const signal = AbortSignal.timeout(120_000)
  const producer = createProducer(target, { signal })
  for (const event of events) await producer.push(event)
  const { positions, rejected } = await producer.flush()
  if (rejected.size > 0) throw new Error(`Events were rejected: ${JSON.stringify([...rejected])}`)
  await untilLoaded(target, [...positions.values()], { pollMs: 200, signal })
}

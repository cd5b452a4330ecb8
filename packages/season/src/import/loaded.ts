import type { Position } from "./producer.ts"
import { Mistake, type Target } from "./target.ts"

interface Shard {
  stream: string
  shard: string
  consumed: string
  loaded: string
}

/** Positions that the warehouse does not hold yet, judged by an answer of GET /ingest/progress. */
export function missing(positions: Iterable<Position>, shards: readonly Shard[]): Position[] {
  const loaded = new Map(shards.map((shard) => [`${shard.stream}#${shard.shard}`, BigInt(shard.loaded)]))
  return [...positions].filter(({ stream, shard, sequence }) => (loaded.get(`${stream}#${shard}`) ?? -1n) < BigInt(sequence))
}

async function ask({ http, token }: Target, fresh = false): Promise<Shard[]> {
  const response = await fetch(`${http}/ingest/progress`, {
    headers: { authorization: `Bearer ${await token(fresh)}` },
    signal: AbortSignal.timeout(10_000),
  })
  if (response.status === 401 && !fresh) return ask({ http, token }, true)
  if (!response.ok) throw new Error(`GET /ingest/progress answered ${response.status}`)
  return ((await response.json()) as { shards: Shard[] }).shards
}

interface Patience {
  /** So long may nothing at all move. */
  stallMs?: number
  pollMs?: number
  signal?: AbortSignal
  onWait?: (shardsLeft: number) => void
}

/** Waits until the warehouse holds everything up to the positions. A Mistake when nothing has moved for a while. */
export async function untilLoaded(
  target: Target,
  positions: readonly Position[],
  { stallMs = 180_000, pollMs = 500, signal, onWait }: Patience = {},
): Promise<void> {
  let seen = ""
  let since = Date.now()
  let trouble = ""
  for (;;) {
    signal?.throwIfAborted()
    try {
      const shards = await ask(target)
      const left = missing(positions, shards)
      if (left.length === 0) return
      onWait?.(left.length)
      trouble = `still missing: ${left.map(({ stream, shard, sequence }) => `${stream} ${shard} up to ${sequence}`).join(", ")}`
      const now = shards.map(({ shard, stream, consumed, loaded }) => `${stream}#${shard}:${consumed}/${loaded}`).join()
      if (now !== seen) [seen, since] = [now, Date.now()]
    } catch (error) {
      if (error instanceof Mistake) throw error
      trouble = (error as Error).message
    }
    if (Date.now() - since > stallMs)
      throw new Mistake(
        `All events are in the streams, but the warehouse has not moved for ${Math.round(stallMs / 1000)} s (${trouble}). Look at the consumer and the loader, and at GET /ingest/progress.`,
      )
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

import type { Shard } from "../services/kinesis/shard.ts"
import { json, type Parts, type Route } from "./route.ts"

interface Source {
  function: string
  source: string
  state: { shard: string; position: number }[]
}

/** Event source mappings that read streams, as the Lambda engine tells of them. */
async function readers({ services }: Parts): Promise<Source[]> {
  const state = (await services.find(({ names }) => names.includes("lambda"))?.state?.()) as { sources?: Source[] } | undefined
  return (state?.sources ?? []).filter((source) => Array.isArray(source.state))
}

/** Milliseconds since the next unread record arrived; 0 where everything is read: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
function iteratorAge(shard: Shard, position: number, now: number): number {
  const place = position < shard.end ? shard.place(position) : undefined
  return place ? Math.max(0, now - place.segment.arrival(place.index)) : 0
}

/** Every stream with its shards, and how far each reader is behind. */
export const streams: Route = {
  method: "GET",
  path: "streams",
  async answer(_, parts) {
    const cloud = parts.cloud()
    const sources = await readers(parts)
    const items = cloud.resources("AWS::Kinesis::Stream").map(({ identity }) => {
      const { shards } = parts.streams.get(identity.ref, cloud.account)
      const consumers = sources
        .filter(({ source }) => source === identity.arn)
        .map(({ function: name, state }) => {
          const lanes = state.flatMap(({ shard: id, position }) => {
            const shard = shards.find((each) => each.id === id)
            return shard
              ? [
                  {
                    shard: id,
                    position,
                    behind: Math.max(0, shard.end - position),
                    iteratorAgeMs: iteratorAge(shard, position, cloud.now()),
                  },
                ]
              : []
          })
          return { function: name, iteratorAgeMs: Math.max(0, ...lanes.map(({ iteratorAgeMs }) => iteratorAgeMs)), shards: lanes }
        })
      return {
        name: identity.ref,
        arn: identity.arn,
        shards: shards.map(({ id, start, end, closed }) => ({ shard: id, oldest: start, next: end, closed })),
        consumers,
      }
    })
    return json(200, { items })
  },
}

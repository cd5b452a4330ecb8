import { useQuery } from "@tanstack/react-query"
import { eventsOf, laneKey } from "../data/lanes.ts"
import { useServices } from "../services.tsx"
import { addSample, rateOf, type Sample, totalOf } from "./rate.ts"
import type { Progress } from "@backline/client"

interface Watched {
  progress: Progress
  samples: Sample[]
  /** By shard. */
  lanes: Record<string, Sample[]>
}

/** The samples of each shard with the newest. */
const addLanes = (before: Watched["lanes"], progress: Progress, at: number): Watched["lanes"] =>
  Object.fromEntries(
    progress.shards.map((shard) => [laneKey(shard), addSample(before[laneKey(shard)] ?? [], { at, total: eventsOf(shard) })]),
  )

const EVERY_MS = 2_000

/** What arrives, asked for every two seconds while the tab is in view; every place that shows it shares one poll. */
export function useProgress() {
  const { client, queries } = useServices()
  const query = useQuery({
    queryKey: ["progress"],
    queryFn: async ({ signal }): Promise<Watched> => {
      const progress = await client.ingest.progress(signal)
      const before = queries.getQueryData<Watched>(["progress"])
      const at = Date.now()
      return {
        progress,
        samples: addSample(before?.samples ?? [], { at, total: totalOf(progress) }),
        lanes: addLanes(before?.lanes ?? {}, progress, at),
      }
    },
    refetchInterval: EVERY_MS,
    refetchIntervalInBackground: false,
    retry: false,
  })
  return { ...query, progress: query.data?.progress, lanes: query.data?.lanes ?? {}, rate: rateOf(query.data?.samples ?? []) }
}

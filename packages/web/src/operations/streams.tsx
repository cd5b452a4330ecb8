import { formatNumber } from "../format/number.ts"
import { control } from "./control.ts"
import { formatMs } from "./format.ts"
import { Nothing, Panel } from "./panel.tsx"
import { useLocal, usePoll } from "./use-local.ts"
import type { Stream } from "./wire.ts"

/** From here a reader is behind more than its batching window explains. */
const LATE_MS = 10_000

/** Every shard of every stream, and how far its readers are behind. */
export function StreamsPanel() {
  const query = usePoll({ key: ["streams"], ask: control.streams })
  return (
    <Panel query={query} label="Streams are loading" lines={6}>
      {(items) => (items.length === 0 ? <Nothing>The templates declare no stream.</Nothing> : <StreamTable items={items} />)}
    </Panel>
  )
}

interface Lane {
  key: string
  stream: string
  shard: string
  records: number
  closed: boolean
  reader?: string
  behind?: number
  iteratorAgeMs?: number
}

/** One row per shard and reader; a shard that nobody reads has one too. */
const lanesOf = ({ name, shards, consumers }: Stream): Lane[] =>
  shards.flatMap(({ shard, oldest, next, closed }) => {
    const base = { stream: name, shard, records: next - oldest, closed }
    const readers = consumers.flatMap(({ function: reader, shards: read }) =>
      read
        .filter((each) => each.shard === shard)
        .map(({ behind, iteratorAgeMs }) => ({ ...base, key: `${name} ${shard} ${reader}`, reader, behind, iteratorAgeMs })),
    )
    return readers.length > 0 ? readers : [{ ...base, key: `${name} ${shard}` }]
  })

function StreamTable({ items }: { items: readonly Stream[] }) {
  const { names } = useLocal()
  return (
    <div className="table-box ops-table" tabIndex={0} role="group" aria-label="Streams">
      <table className="table" data-testid="ops-streams">
        <caption className="sr-only">Shards of streams and their readers</caption>
        <thead>
          <tr>
            <th scope="col">Stream</th>
            <th scope="col">Shard</th>
            <th scope="col">Reader</th>
            <th scope="col" className="table-number">
              Records
            </th>
            <th scope="col" className="table-number">
              Unread
            </th>
            <th scope="col" className="table-number">
              Iterator age
            </th>
          </tr>
        </thead>
        <tbody>
          {items.flatMap(lanesOf).map((lane) => (
            <tr key={lane.key}>
              <th scope="row" className="ops-name" title={lane.stream}>
                {names.of(lane.stream)}
              </th>
              <td>
                {lane.shard.replace(/^shardId-0*(?=\d)/, "")}
                {lane.closed && <small> closed</small>}
              </td>
              <td>{lane.reader ? names.of(lane.reader) : "nobody"}</td>
              <td className="table-number">{formatNumber(lane.records)}</td>
              <td className="table-number">{lane.behind === undefined ? "–" : formatNumber(lane.behind)}</td>
              <td className={`table-number ${(lane.iteratorAgeMs ?? 0) > LATE_MS ? "ops-bad" : ""}`}>
                {lane.iteratorAgeMs === undefined ? "–" : formatMs(lane.iteratorAgeMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

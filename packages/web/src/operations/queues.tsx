import { useMutation, useQueryClient } from "@tanstack/react-query"
import { toApiError } from "@backline/client"
import { CornerUpLeft } from "lucide-react"
import { formatNumber, plural } from "../format/number.ts"
import { control } from "./control.ts"
import { formatMs } from "./format.ts"
import { Nothing, Panel } from "./panel.tsx"
import { useLocal, usePoll } from "./use-local.ts"
import type { Queue } from "./wire.ts"

const depth = ({ visible, inFlight, delayed }: Queue): number => visible + inFlight + delayed

/** Every queue with what waits in it; what failed for good can be sent back to where it came from. */
export function QueuesPanel() {
  const query = usePoll({ key: ["queues"], ask: control.queues })
  return (
    <Panel query={query} label="Queues are loading" lines={6}>
      {(items) => {
        const letters = items.filter((queue) => queue.failuresOf.length > 0)
        const work = items.filter((queue) => queue.failuresOf.length === 0)
        const dead = letters.reduce((sum, queue) => sum + depth(queue), 0)
        if (items.length === 0) return <Nothing>The templates declare no queue.</Nothing>
        return (
          <div className="ops-stack">
            <QueueTable title="Work" items={work} />
            <QueueTable title="Dead letters" items={letters} letters />
            {dead === 0 && <Nothing>Nothing has failed for good: every dead-letter queue is empty.</Nothing>}
          </div>
        )
      }}
    </Panel>
  )
}

function QueueTable({ title, items, letters = false }: { title: string; items: readonly Queue[]; letters?: boolean }) {
  const { names } = useLocal()
  if (items.length === 0) return null
  return (
    <section>
      <h3 className="ops-h3">{title}</h3>
      <div className="table-box ops-table" tabIndex={0} role="group" aria-label={title}>
        <table className="table ops-queues" data-testid={letters ? "ops-letters" : "ops-queues"}>
          <caption className="sr-only">{title}</caption>
          <thead>
            <tr>
              <th scope="col">Queue</th>
              <th scope="col" className="table-number">
                Waiting
              </th>
              <th scope="col" className="table-number ops-minor">
                In flight
              </th>
              <th scope="col" className="table-number ops-minor">
                Delayed
              </th>
              <th scope="col" className="table-number">
                Oldest
              </th>
              <th scope="col" className={letters ? undefined : "ops-minor"}>
                {letters && <span className="sr-only">Redrive</span>}
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((queue) => (
              <tr key={queue.name}>
                <th scope="row" className="ops-name" title={queue.name}>
                  {names.of(queue.name)}
                  {letters && <small>failures of {queue.failuresOf.map((each) => names.arn(each)).join(", ")}</small>}
                </th>
                <td className={`table-number ${letters && queue.visible > 0 ? "ops-bad" : ""}`}>{formatNumber(queue.visible)}</td>
                <td className="table-number ops-minor">{formatNumber(queue.inFlight)}</td>
                <td className="table-number ops-minor">{formatNumber(queue.delayed)}</td>
                <td className="table-number">
                  {depth(queue) === 0 ? "–" : queue.oldestMs === undefined ? "unknown" : formatMs(queue.oldestMs)}
                </td>
                <td className={`ops-act ${letters ? "" : "ops-minor"}`}>{letters && <Redrive queue={queue} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Redrive({ queue }: { queue: Queue }) {
  const { names } = useLocal()
  const queries = useQueryClient()
  const redrive = useMutation({
    mutationFn: () => control.redrive(queue.name),
    onSettled: () => queries.invalidateQueries({ queryKey: ["local", "queues"] }),
  })
  return (
    <>
      <button
        type="button"
        className="button button-secondary button-small"
        data-testid={`redrive-${names.of(queue.name)}`}
        aria-label={`Send what is in ${names.of(queue.name)} back`}
        disabled={queue.visible === 0 || redrive.isPending}
        onClick={() => redrive.mutate()}
      >
        <CornerUpLeft size={13} aria-hidden /> <span className="ops-minor">Redrive</span>
      </button>
      <p role="status" className="ops-result" data-testid="redrive-result">
        {redrive.isError && <span className="ops-bad">{toApiError(redrive.error).message}</span>}
        {redrive.isSuccess && (queue.visible > 0 ? `On their way: ${plural(queue.visible, "message")} left` : "All sent back")}
      </p>
    </>
  )
}

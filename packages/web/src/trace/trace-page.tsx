import { EyeOff, Play, Radio, Square, Trash2 } from "lucide-react"
import { useState } from "react"
import { Link, useLocation, useParams } from "react-router"
import { plural } from "../format/number.ts"
import { NotFoundPage } from "../not-found.tsx"
import { usePaused } from "../operations/paused.ts"
import { Pick, TailBar } from "../operations/tail-bar.tsx"
import "../operations/tail.css"
import { useRoomInfo } from "../rooms/queries.ts"
import { PageHeader } from "../shell/page-header.tsx"
import { CopyButton } from "../ui/copy-button.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import "./trace.css"
import { fits, jsonLines } from "./trace-line.ts"
import { TraceState } from "./trace-state.tsx"
import { TraceTable } from "./trace-table.tsx"
import { usePeople } from "./use-people.ts"
import { useTap } from "./use-tap.ts"

/** `/trace/room/:id` and `/trace/person/:id`: what passes, as it passes, for administrators. */
export default function TracePage() {
  const { kind, id } = useParams()
  if (!id || (kind !== "room" && kind !== "person")) return <NotFoundPage />
  return kind === "room" ? <RoomTrace key={id} id={id} /> : <PersonTrace key={id} id={id} />
}

function RoomTrace({ id }: { id: string }) {
  const info = useRoomInfo(id)
  return <Trace kind="room" id={id} name={info.data?.name ?? "Room"} />
}

/** The name comes with who opens the page, and is only shown. */
function PersonTrace({ id }: { id: string }) {
  const { state } = useLocation()
  const name = (state as { name?: unknown } | null)?.name
  return <Trace kind="person" id={id} name={typeof name === "string" ? name : `Person ${id.slice(0, 8)}`} />
}

const DIRECTIONS = [
  ["", "In and out"],
  ["in", "In"],
  ["out", "Out"],
] as const

const OUTCOMES = [
  ["", "Every outcome"],
  ["bad", "What went wrong"],
] as const

function Trace({ kind, id, name }: { kind: "room" | "person"; id: string; name: string }) {
  const [isOn, setOn] = useState(true)
  const { view, clear, retry } = useTap(kind, id, isOn)
  const [filter, setFilter] = useState({ text: "", direction: "", outcome: "" })
  const { paused, shown, waiting, toggle } = usePaused(view.lines)
  const nameOf = usePeople(kind === "room" ? id : undefined, view.lines, { [id]: name })
  const found = shown.filter((line) => fits(line, filter, nameOf(line)))
  const status = isOn ? view.status : "ended"
  return (
    <>
      <PageHeader title={`Trace of ${name}`}>
        {kind === "room" && (
          <Link to={`/rooms/${id}`} className="button button-quiet button-small">
            Back to the room
          </Link>
        )}
      </PageHeader>
      <div className="page-body" tabIndex={0} role="region" aria-label="Trace">
        <div className="trace">
          <div className="trace-head">
            <TraceState status={status} />
            <p className="trace-promise">
              <EyeOff size={14} aria-hidden />
              Envelopes only: no message and no token is shown. Each trace is logged.
            </p>
            {status !== "refused" && (
              <button type="button" className="button button-secondary button-small" onClick={() => setOn(!isOn)}>
                {isOn ? <Square size={13} aria-hidden /> : <Play size={13} aria-hidden />}
                {isOn ? "End" : "Start again"}
              </button>
            )}
          </div>
          {status === "refused" && view.lines.length === 0 ? (
            <ErrorState title="This trace did not start" error={view.error} onRetry={retry} />
          ) : (
            <>
              {status === "refused" && (
                <p role="alert" className="trace-refused">
                  {view.error?.message}
                  <button type="button" className="button button-secondary button-small" onClick={retry}>
                    Try again
                  </button>
                </p>
              )}
              <TailBar
                text={filter.text}
                onText={(text) => setFilter({ ...filter, text })}
                placeholder="Search lines"
                paused={paused}
                waiting={waiting}
                onPause={toggle}
              >
                <Pick
                  label="Direction"
                  testId="trace-direction"
                  value={filter.direction}
                  options={DIRECTIONS}
                  onChange={(direction) => setFilter({ ...filter, direction })}
                />
                <Pick
                  label="Outcome"
                  testId="trace-outcome"
                  value={filter.outcome}
                  options={OUTCOMES}
                  onChange={(outcome) => setFilter({ ...filter, outcome })}
                />
              </TailBar>
              <div className="trace-tools">
                <p className="tabular" data-testid="trace-count">
                  {plural(found.length, "line")}
                  {found.length < shown.length && ` of ${shown.length}`}
                  {view.leftOut > 0 && (
                    <span className="trace-left" data-testid="trace-left-out">
                      {" "}
                      · {plural(view.leftOut, "more line")} left out: more than a trace tells in a second
                    </span>
                  )}
                </p>
                <CopyButton text={jsonLines(found)} label="Copy as JSON lines" />
                <button type="button" className="button button-quiet button-small" data-testid="trace-clear" onClick={clear}>
                  <Trash2 size={14} aria-hidden /> Clear
                </button>
              </div>
              {found.length > 0 ? (
                <TraceTable lines={found} nameOf={nameOf} isMixed={kind === "person"} />
              ) : status === "starting" ? (
                <Skeleton lines={6} label="The trace is starting" />
              ) : shown.length > 0 ? (
                <p className="trace-nothing">No line has all of that in it.</p>
              ) : (
                <EmptyState icon={Radio} title={isOn ? "Nothing has passed yet" : "This trace has ended"}>
                  <p>
                    {isOn
                      ? `What ${kind === "room" ? "happens in this room" : "their connections do"} shows here as it happens. It may take ten seconds until everything is caught.`
                      : "Nothing was caught. Start it again to go on watching."}
                  </p>
                </EmptyState>
              )}
            </>
          )}
        </div>
      </div>
    </>
  )
}

import { useMutation, useQueryClient, type UseQueryResult } from "@tanstack/react-query"
import { toApiError } from "@backline/client"
import { plural } from "../format/number.ts"
import { formatAgo } from "../format/time.ts"
import { useNow } from "../format/use-now.ts"
import { toast } from "../ui/toast.tsx"
import { control } from "./control.ts"
import { formatDate, formatMs, formatTime } from "./format.ts"
import { Panel } from "./panel.tsx"
import { Place, useReload } from "./reload-banner.tsx"
import { useLocal, usePoll } from "./use-local.ts"
import type { Clock, Reload } from "./wire.ts"
import type * as z from "zod"

const MINUTE = 60_000
const STEPS: [ms: number, label: string, spoken: string][] = [
  [MINUTE, "+1 min", "Move the clock one minute forward"],
  [10 * MINUTE, "+10 min", "Move the clock ten minutes forward"],
  [120 * MINUTE, "+2 h", "Move the clock two hours forward"],
]

/** The local cloud in one strip: does it answer, what time is it there, which code does it run. */
export function Status() {
  const clock = usePoll({ key: ["clock"], ask: control.clock, everyMs: 2_000 })
  return (
    <section className="ops-strip" aria-label="State of the local cloud">
      <State clock={clock} />
      <ClockCell clock={clock} />
      <ReloadCell clock={clock.data} />
    </section>
  )
}

type ClockQuery = UseQueryResult<z.infer<typeof Clock>>

function State({ clock }: { clock: ClockQuery }) {
  const { resources } = useLocal()
  const functions = resources.filter(({ type, engine }) => type === "AWS::Lambda::Function" && engine).length
  const running = resources.filter(({ engine }) => engine).length
  return (
    <div className="ops-cell">
      <h2>Local cloud</h2>
      <p className="ops-cell-main" data-testid="ops-state">
        <span className={`live-dot ${clock.isError ? "live-dot-off" : "live-dot-on"}`} aria-hidden />
        {clock.isError ? "Not answering" : "Running"}
      </p>
      <p className="ops-cell-more">
        {plural(functions, "function")} · {plural(running, "resource")} from the templates
      </p>
    </div>
  )
}

function ClockCell({ clock }: { clock: ClockQuery }) {
  const queries = useQueryClient()
  const machine = useNow(1_000)
  const move = useMutation({
    mutationFn: control.advance,
    onSuccess: (moved) => {
      queries.setQueryData(["local", "clock"], moved)
      void queries.invalidateQueries({ queryKey: ["local"], predicate: ({ queryKey }) => queryKey[1] !== "resources" })
    },
    onError: (error) => toast(toApiError(error).message),
  })
  return (
    <div className="ops-cell">
      <h2>Its clock</h2>
      <Panel query={clock} label="The clock is loading" lines={2}>
        {({ now, aheadMs }) => {
          const shown = now + Math.max(0, machine - clock.dataUpdatedAt)
          return (
            <>
              <p className="ops-cell-main tabular" data-testid="ops-clock" data-now={now}>
                {formatTime(shown)}
              </p>
              <p className="ops-cell-more">
                {formatDate(shown)} · {aheadMs < 500 ? "the time of this machine" : `${formatMs(aheadMs)} ahead`}
              </p>
            </>
          )
        }}
      </Panel>
      <div className="ops-steps" role="group" aria-label="Move the clock">
        {STEPS.map(([ms, label, spoken]) => (
          <button
            key={ms}
            type="button"
            className="button button-secondary button-small"
            aria-label={spoken}
            data-testid={`ops-clock-${ms / MINUTE}`}
            disabled={move.isPending || !clock.data}
            onClick={() => move.mutate(ms)}
          >
            {label}
          </button>
        ))}
      </div>
    </div>
  )
}

function ReloadCell({ clock }: { clock: z.infer<typeof Clock> | undefined }) {
  const reload = useReload()
  const now = useNow(5_000)
  return (
    <div className="ops-cell">
      <h2>Code</h2>
      <Panel query={reload} label="The state of the code is loading" lines={2}>
        {(data) => <ReloadText reload={data} now={now + (clock?.aheadMs ?? 0)} />}
      </Panel>
    </div>
  )
}

function ReloadText({ reload, now }: { reload: Reload; now: number }) {
  const { status, at, ms, functions, errors, changes, restart } = reload
  const [first] = errors
  if (status === "failed")
    return (
      <>
        <p className="ops-cell-main ops-bad" data-testid="ops-reload">
          Does not build
        </p>
        <p className="ops-cell-more">{first ? <Place problem={first} /> : "The build gave no reason."}</p>
        <p className="ops-cell-more">The last good version goes on running.</p>
      </>
    )
  const isFirst = ms === 0 && functions.length === 0
  return (
    <>
      <p className="ops-cell-main" data-testid="ops-reload">
        {isFirst ? "As it was started" : `Reloaded ${formatAgo(at, now)}`}
      </p>
      <p className="ops-cell-more">
        {isFirst ? (
          "Save a file of a handler or a stack: the next request runs it."
        ) : (
          <>
            {functions.length > 0 && <ReloadedNames functions={functions} />}
            {functions.length === 0 && changes.length === 0 && "Back to what was running"}
            {changes.length > 0 &&
              `${functions.length > 0 ? " · " : ""}${plural(changes.length, "change")} of the stacks`} in{" "}
            {formatMs(ms)}
          </>
        )}
      </p>
      {restart.length > 0 && (
        <p className="ops-cell-more ops-warn" title={restart.join("\n")}>
          Takes effect at a restart: {restart[0]}
          {restart.length > 1 && ` and ${restart.length - 1} more`}
        </p>
      )}
    </>
  )
}

function ReloadedNames({ functions }: { functions: readonly string[] }) {
  const { names } = useLocal()
  const shown = functions.slice(0, 3).map((each) => names.of(each))
  return `${shown.join(", ")}${functions.length > 3 ? ` and ${functions.length - 3} more` : ""}`
}

import { useMutation, useQueryClient } from "@tanstack/react-query"
import { toApiError } from "@backline/client"
import { useId, useState } from "react"
import { control } from "./control.ts"
import { SERVICES, useFunctionNames } from "./use-names.ts"
import { FAULT_KINDS, type NewFault } from "./wire.ts"

const KINDS: Record<NewFault["kind"], string> = {
  throttle: "Throttle",
  error: "Answer an error",
  delay: "Delay",
  stall: "Stall, then cut",
  reset: "Reset the connection",
  partial: "Fail a part of a batch",
  "commit-then-fail": "Do it, then fail",
  "stream-cut": "Cut a stream",
}

const TIMED = new Set<string>(["delay", "stall"])
const whole = (value: FormDataEntryValue | null): number | undefined => (value ? Number(value) : undefined)

function faultOf(form: FormData): NewFault {
  const text = (name: string) => String(form.get(name) ?? "").trim() || undefined
  const kind = String(form.get("kind")) as NewFault["kind"]
  const name = text("function")
  return {
    service: String(form.get("service")),
    op: text("op"),
    match: name ? { function: name } : undefined,
    kind,
    times: whole(form.get("times")),
    ms: TIMED.has(kind) ? whole(form.get("ms")) : undefined,
  }
}

/** A service, what happens to its calls, and how often; whatever does not fit together is said by the local cloud. */
export function FaultForm() {
  const functions = useFunctionNames()
  const queries = useQueryClient()
  const [kind, setKind] = useState<string>("throttle")
  const id = useId()
  const add = useMutation({
    mutationFn: control.addFault,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["local", "faults"] }),
  })
  return (
    <form
      className="fault-form"
      aria-label="Add a fault"
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate(faultOf(new FormData(event.currentTarget)))
      }}
    >
      <Labelled id={`${id}service`} label="Service">
        <select id={`${id}service`} name="service" className="select" defaultValue="dynamodb">
          {SERVICES.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </Labelled>
      <Labelled id={`${id}op`} label="Operation">
        <input id={`${id}op`} name="op" className="input" placeholder="every one" autoComplete="off" spellCheck={false} />
      </Labelled>
      <Labelled id={`${id}function`} label="Caller">
        <select id={`${id}function`} name="function" className="select">
          <option value="">Everyone</option>
          {functions.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </Labelled>
      <Labelled id={`${id}kind`} label="What happens">
        <select id={`${id}kind`} name="kind" className="select" value={kind} onChange={(event) => setKind(event.target.value)}>
          {FAULT_KINDS.map((value) => (
            <option key={value} value={value}>
              {KINDS[value]}
            </option>
          ))}
        </select>
      </Labelled>
      {TIMED.has(kind) && (
        <Labelled id={`${id}ms`} label="Milliseconds">
          <input
            id={`${id}ms`}
            name="ms"
            className="input"
            type="number"
            min={0}
            defaultValue={1_000}
            required={kind === "delay"}
          />
        </Labelled>
      )}
      <Labelled id={`${id}times`} label="Times">
        <input id={`${id}times`} name="times" className="input" type="number" min={1} placeholder="always" defaultValue={1} />
      </Labelled>
      <button type="submit" className="button button-primary" data-testid="fault-add" disabled={add.isPending}>
        Add
      </button>
      {add.isError && (
        <p role="alert" className="ops-bad fault-error">
          {toApiError(add.error).message}
        </p>
      )}
    </form>
  )
}

function Labelled({ id, label, children }: { id: string; label: string; children: React.ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
    </div>
  )
}

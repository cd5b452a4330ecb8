import { toApiError, type QuarantinedDetail } from "@backline/client"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useId, useRef, useState } from "react"
import { useServices } from "../services.tsx"
import style from "./data.module.css"
import { draftOf, placeIn, readDraft } from "./fix.ts"

type Problem = { path?: string; message: string }

const problemOf = (error: unknown): Problem => {
  const { details, message } = toApiError(error)
  return details?.[0] ?? { message }
}

/** The record as text to be mended. The service judges it by the event's schema; what it refuses is shown, and found in the text. */
export function FixForm({ record, onClose }: { record: QuarantinedDetail; onClose(): void }) {
  const { client } = useServices()
  const queries = useQueryClient()
  const [draft, setDraft] = useState(() => draftOf(record))
  const [problem, setProblem] = useState<Problem | undefined>(record.problem ?? undefined)
  const field = useRef<HTMLTextAreaElement>(null)
  const [editor, trouble] = [useId(), useId()]

  const point = (found: Problem) => {
    setProblem(found)
    field.current?.focus()
    const place = found.path && placeIn(draft, found.path)
    if (place) field.current?.setSelectionRange(...place)
  }
  const settled = () => Promise.all(["quarantine", "quarantined"].map((key) => queries.invalidateQueries({ queryKey: [key] })))
  const resubmit = useMutation({
    mutationFn: (event: unknown) => client.quarantine.resubmit(record.id, event),
    onSuccess: settled,
    onError: (error) => point(problemOf(error)),
  })
  const discard = useMutation({
    mutationFn: () => client.quarantine.discard(record.id),
    onSuccess: () => (onClose(), settled()),
    onError: (error) => setProblem(problemOf(error)),
  })
  const isBusy = resubmit.isPending || discard.isPending

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const read = readDraft(draft)
        if (read.problem === undefined) resubmit.mutate(read.event)
        else point({ message: read.problem })
      }}
    >
      <div className="field">
        <label htmlFor={editor}>The event, as JSON</label>
        <textarea
          id={editor}
          ref={field}
          className={style.editor}
          value={draft}
          spellCheck={false}
          aria-invalid={problem !== undefined}
          aria-describedby={trouble}
          data-testid="quarantine-editor"
          onChange={(event) => setDraft(event.target.value)}
        />
      </div>
      <p id={trouble} role="status" className={problem ? style.problem : style.note} data-testid="quarantine-problem">
        {problem ? (
          <bdi>{problem.message}</bdi>
        ) : (
          "This fits its schema as it is. Its id makes it one event, however often it is sent."
        )}
      </p>
      <div className="dialog-actions">
        <button type="button" className={`button button-quiet ${style.first}`} disabled={isBusy} onClick={() => discard.mutate()}>
          Discard
        </button>
        <button type="button" className="button button-secondary" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="button button-primary" data-testid="quarantine-resubmit" disabled={isBusy}>
          {resubmit.isPending ? "Sending…" : "Resubmit"}
        </button>
      </div>
    </form>
  )
}

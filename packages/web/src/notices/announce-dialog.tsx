import { toApiError } from "@backline/client"
import { useMutation } from "@tanstack/react-query"
import { type FormEvent, useState } from "react"
import { Dialog } from "../ui/dialog.tsx"
import { toast } from "../ui/toast.tsx"
import "./notices.css"

const MOST = 500

interface Props {
  title: string
  /** Who hears it, and when. */
  says: string
  /** Shown once the service has it. */
  done: string
  send(body: { text: string; clientId: string }): Promise<unknown>
  onClose(): void
}

/** Says something to many at once. Trying again after a lost answer is the same announcement. */
export function AnnounceDialog({ title, says, done, send, onClose }: Props) {
  const [text, setText] = useState("")
  const [clientId] = useState(() => crypto.randomUUID())
  const announce = useMutation({
    mutationFn: () => send({ text: text.trim(), clientId }),
    onSuccess: () => {
      toast(done)
      onClose()
    },
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    if (text.trim() !== "" && !announce.isPending) announce.mutate()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="announce" onSubmit={submit}>
        <label htmlFor="announcement" className="sr-only">
          Announcement
        </label>
        <textarea
          id="announcement"
          className="input"
          data-testid="announcement"
          aria-describedby="announcement-says"
          value={text}
          maxLength={MOST}
          autoFocus
          placeholder="Doors open in ten minutes."
          onChange={(event) => setText(event.target.value)}
        />
        <div className="announce-says">
          <span id="announcement-says">{says}</span>
          <span className="tabular">
            {text.length}/{MOST}
          </span>
        </div>
        {announce.isError && (
          <p className="announce-error" role="alert">
            {toApiError(announce.error).message}
          </p>
        )}
        <div className="dialog-actions">
          <button type="button" className="button button-secondary" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="button button-primary"
            data-testid="announce-send"
            disabled={text.trim() === "" || announce.isPending}
          >
            {announce.isPending ? "Announcing…" : "Announce"}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

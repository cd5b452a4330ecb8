import { type RoomHandle, type RoomMessage, toApiError } from "@backline/client"
import { useState } from "react"
import { toast } from "../ui/toast.tsx"

/** Gives one's own message another text. Enter keeps it, Escape leaves it as it was. */
export function EditForm({ room, message, onEnd }: { room: RoomHandle; message: RoomMessage; onEnd: () => void }) {
  const [text, setText] = useState(message.text)
  const [busy, setBusy] = useState(false)
  function save() {
    const next = text.trim()
    if (busy) return
    if (next === "" || next === message.text) return onEnd()
    setBusy(true)
    room.edit(message.seq, next).then(onEnd, (error: unknown) => {
      setBusy(false)
      toast(toApiError(error).message)
    })
  }
  return (
    <form
      className="edit-form"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <textarea
        className="input edit-field"
        data-testid="edit-field"
        aria-label="Edit the message"
        value={text}
        rows={Math.min(8, text.split("\n").length)}
        autoFocus
        onFocus={(event) => event.target.setSelectionRange(text.length, text.length)}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          event.stopPropagation()
          if (event.key === "Escape") onEnd()
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          save()
        }}
      />
      <p className="edit-hint">
        <button type="submit" className="link" disabled={busy}>
          Save
        </button>{" "}
        or{" "}
        <button type="button" className="link" onClick={onEnd}>
          leave it
        </button>
      </p>
    </form>
  )
}

import type { RoomHandle, RoomView } from "@backline/client"
import { ArrowUp } from "lucide-react"
import { useState } from "react"
import { readDraft, writeDraft } from "../assistant/outbox.ts"
import { useWritingField } from "../ui/use-writing-field.ts"
import { type Candidate, candidatesFor, mentionAt } from "./mention.ts"
import { MentionMenu } from "./mention-menu.tsx"
import "../assistant/composer.css"

interface Props {
  room: RoomHandle
  view: RoomView
  me: string | undefined
  name: string
  onEditLast(): void
}

/** As the service takes it: 8 KB of UTF-8. */
const MOST_BYTES = 8 * 1024
const encoder = new TextEncoder()

/** Where messages are written. Enter sends, also without a connection; `@` offers whom to mention; up edits the last one. */
export function RoomComposer({ room, view, me, name, onEditLast }: Props) {
  const draft = `room:${room.id}`
  const [text, setText] = useState(() => readDraft(draft))
  const [caret, setCaret] = useState(0)
  const [choice, setChoice] = useState(0)
  const [closed, setClosed] = useState(false)
  const field = useWritingField(text)
  const tooLong = text.length > MOST_BYTES / 4 && encoder.encode(text).length > MOST_BYTES
  const ready = text.trim() !== "" && !tooLong
  const mention = closed ? undefined : mentionAt(text, caret)
  const candidates = mention ? candidatesFor(mention.typed, view.members, me) : []
  const offered = candidates.length > 0
  const active = Math.min(choice, candidates.length - 1)

  function change(next: string) {
    setText(next)
    writeDraft(draft, next)
    room.typing(next.trim() !== "")
    setClosed(false)
    setChoice(0)
  }

  function send() {
    if (!ready) return
    room.send(text.trim())
    change("")
    field.current?.focus({ preventScroll: true })
  }

  function pick({ insert }: Candidate) {
    if (!mention) return
    const next = `${text.slice(0, mention.from)}@${insert} ${text.slice(caret)}`
    const end = mention.from + insert.length + 2
    change(next)
    setCaret(end)
    requestAnimationFrame(() => field.current?.setSelectionRange(end, end))
    field.current?.focus({ preventScroll: true })
  }

  function onKeyDown(event: React.KeyboardEvent<HTMLTextAreaElement>) {
    if (event.nativeEvent.isComposing) return
    if (offered) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
      if (step || event.key === "Tab" || event.key === "Enter" || event.key === "Escape") event.preventDefault()
      if (step) return setChoice((active + step + candidates.length) % candidates.length)
      if (event.key === "Escape") return setClosed(true)
      if (event.key === "Tab" || event.key === "Enter") return pick(candidates[active]!)
    }
    if (event.key === "ArrowUp" && text === "") {
      event.preventDefault()
      return onEditLast()
    }
    if (event.key !== "Enter" || event.shiftKey) return
    event.preventDefault()
    send()
  }

  return (
    <form
      className="composer room-composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {offered && <MentionMenu candidates={candidates} active={active} onPick={pick} />}
      <div className="composer-box">
        <label className="sr-only" htmlFor="room-composer">
          Message to <bdi>{name}</bdi>
        </label>
        <textarea
          id="room-composer"
          ref={field}
          data-testid="room-composer"
          rows={1}
          placeholder={`Message ${name}`}
          enterKeyHint="send"
          role="combobox"
          aria-expanded={offered}
          aria-autocomplete="list"
          aria-controls={offered ? "mention-menu" : undefined}
          aria-activedescendant={offered ? `mention-${active}` : undefined}
          aria-invalid={tooLong}
          value={text}
          onChange={(event) => {
            change(event.target.value)
            setCaret(event.target.selectionStart)
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onBlur={() => room.typing(false)}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          className="composer-button composer-send"
          data-testid="room-send"
          disabled={!ready}
          aria-label="Send"
          title="Send"
        >
          <ArrowUp size={17} aria-hidden />
        </button>
      </div>
      {tooLong && (
        <p className="composer-hint room-form-error" role="alert">
          A message has at most 8 KB. Split it into two.
        </p>
      )}
    </form>
  )
}

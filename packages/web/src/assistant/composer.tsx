import { ArrowUp, Square } from "lucide-react"
import { useEffect, useRef, useState } from "react"
import { useMedia } from "../ui/use-media.ts"
import { useWritingField } from "../ui/use-writing-field.ts"
import { readDraft, writeDraft } from "./outbox.ts"
import "./composer.css"

interface Props {
  thread: string
  running: boolean
  onSend(text: string): void
  onStop(): void
}

/** As the API takes it. */
const MOST_CHARACTERS = 4_000

/** Where questions are written. Enter sends, Shift+Enter breaks the line; a draft outlives a reload. */
export function Composer({ thread, running, onSend, onStop }: Props) {
  const [text, setText] = useState(() => readDraft(thread))
  const field = useWritingField(text)
  const keyboard = useMedia("(hover: hover)")
  const narrow = useMedia("(max-width: 480px)")
  const ready = text.trim() !== ""

  // The first question turned this thread into a conversation: what was typed meanwhile goes with it.
  const draftOf = useRef(thread)
  useEffect(() => {
    if (draftOf.current === thread) return
    writeDraft(draftOf.current, "")
    writeDraft(thread, text)
    draftOf.current = thread
  }, [thread, text])

  function change(next: string) {
    setText(next)
    writeDraft(thread, next)
  }

  function send() {
    if (!ready) return
    onSend(text.trim())
    change("")
    field.current?.focus({ preventScroll: true })
  }

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <div className="composer-box">
        <label className="sr-only" htmlFor="composer">
          Ask about concerts, venues and tickets
        </label>
        <textarea
          id="composer"
          ref={field}
          data-testid="composer"
          rows={1}
          maxLength={MOST_CHARACTERS}
          placeholder={narrow ? "Ask a question" : "Ask about concerts, venues and tickets"}
          enterKeyHint="send"
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return
            event.preventDefault()
            send()
          }}
        />
        {running && (
          <button
            type="button"
            className="composer-button composer-stop"
            data-testid="stop"
            aria-label="Stop the answer"
            title="Stop"
            onClick={onStop}
          >
            <Square size={12} fill="currentColor" aria-hidden />
          </button>
        )}
        {(!running || ready) && (
          <button
            type="submit"
            className="composer-button composer-send"
            data-testid="send"
            disabled={!ready}
            aria-label={running ? "Send after this answer" : "Send"}
            title={running ? "Send after this answer" : "Send"}
          >
            <ArrowUp size={17} aria-hidden />
          </button>
        )}
      </div>
      <p className="composer-hint">
        {keyboard ? (
          <>
            <kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> starts a new line. Check the receipts of what matters.
          </>
        ) : (
          "Check the receipts of what matters."
        )}
      </p>
    </form>
  )
}

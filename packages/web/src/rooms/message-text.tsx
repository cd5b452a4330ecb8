import type { Member, RoomMessage } from "@backline/client"
import { lazy, memo, Suspense } from "react"
import { formatMoment } from "../format/time.ts"
import "../assistant/answer.css"
import { piecesOf } from "./pieces.ts"

const Markdown = lazy(() => import("../assistant/markdown.tsx"))

interface Props {
  message: RoomMessage
  members: readonly Member[]
  isAssistant: boolean
}

/** What was said: people's words as they are, with links (each from left to right, whatever turns the words around it) and mentions; the assistant's as the Markdown it writes. */
export const MessageText = memo(function MessageText({ message: { text, editedAt }, members, isAssistant }: Props) {
  if (isAssistant)
    return (
      <div className="message-text" data-testid="message-text">
        <Suspense fallback={<p className="message-plain">{text}</p>}>
          <Markdown text={text} />
        </Suspense>
      </div>
    )
  return (
    <p className="message-text message-plain" dir="auto" data-testid="message-text">
      {piecesOf(
        text,
        members.map(({ name }) => name),
      ).map(({ kind, text: piece }, index) =>
        kind === "link" ? (
          <a key={index} href={piece} target="_blank" rel="noopener noreferrer nofollow">
            <bdi dir="ltr">{piece}</bdi>
          </a>
        ) : kind === "mention" ? (
          <span key={index} className="mention">
            {piece}
          </span>
        ) : (
          piece
        ),
      )}
      {editedAt !== undefined && (
        <small className="message-edited" title={formatMoment(editedAt)}>
          {" "}
          (edited)
        </small>
      )}
    </p>
  )
})

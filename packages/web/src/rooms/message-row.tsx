import type { Member, RoomHandle, RoomMessage, RunView } from "@backline/client"
import { memo } from "react"
import { formatMoment } from "../format/time.ts"
import { ReceiptList } from "../receipts/receipt-list.tsx"
import { Mark } from "../ui/mark.tsx"
import { isAssistant } from "./assistant-person.ts"
import { clockTime, dayName, dayOf } from "./days.ts"
import { EditForm } from "./edit-form.tsx"
import { MessageActions } from "./message-actions.tsx"
import { MessageText } from "./message-text.tsx"
import { ReactionList } from "./reactions.tsx"

interface Props {
  room: RoomHandle
  seq: number
  /** Undefined while its page is on its way. */
  message: RoomMessage | undefined
  before: RoomMessage | undefined
  /** Of the assistant: how it came to its answer. */
  answer: RunView | undefined
  head: number
  me: string | undefined
  now: number
  members: readonly Member[]
  isFirstUnread: boolean
  isEditing: boolean
  onEdit(seq: number): void
  onEditEnd(): void
}

/** Messages of one person within this stand under one name. */
const TOGETHER_MS = 5 * 60_000

/** One message, with the day above the first of each and a line above the first unread one. */
export const MessageRow = memo(function MessageRow(props: Props) {
  const { room, seq, message, before, answer, head, me, now, members, isFirstUnread, isEditing, onEdit, onEditEnd } = props
  if (!message)
    return (
      <div className="message message-absent" aria-hidden>
        <span className="skeleton" />
      </div>
    )
  const isNewDay = seq === 1 || (before !== undefined && dayOf(before.at) !== dayOf(message.at))
  const follows = !isNewDay && !isFirstUnread && before?.user.id === message.user.id && message.at - before.at < TOGETHER_MS
  const assistant = isAssistant(message.user)
  const mine = message.user.id === me
  return (
    <article
      className={follows ? "message message-follows" : "message"}
      data-testid="message"
      data-seq={seq}
      aria-posinset={seq}
      aria-setsize={head}
      aria-label={`${message.user.name}, ${clockTime(message.at)}`}
      tabIndex={0}
    >
      {isNewDay && (
        <p className="day-line">
          <span>{dayName(message.at, now)}</span>
        </p>
      )}
      {isFirstUnread && (
        <p className="day-line unread-line" data-testid="unread-line">
          <span>New</span>
        </p>
      )}
      <div className="message-body">
        <div className="message-side" aria-hidden>
          {follows ? (
            <time className="message-clock tabular">{clockTime(message.at)}</time>
          ) : assistant ? (
            <Mark size={32} />
          ) : (
            <span className="avatar" data-mine={mine || undefined}>
              {message.user.name.charAt(0).toUpperCase()}
            </span>
          )}
        </div>
        <div className="message-main">
          {!follows && (
            <p className="message-head">
              <strong>
                <bdi>{message.user.name}</bdi>
              </strong>
              {!assistant && <small className="tabular">#{message.user.number}</small>}
              <time className="tabular" title={formatMoment(message.at)}>
                {clockTime(message.at)}
              </time>
            </p>
          )}
          {isEditing ? (
            <EditForm room={room} message={message} onEnd={onEditEnd} />
          ) : (
            <MessageText message={message} members={members} isAssistant={assistant} />
          )}
          {answer && <ReceiptList receipts={answer.receipts} tools={answer.tools} runId={undefined} />}
          <ReactionList room={room} message={message} me={me} members={members} />
        </div>
        {!isEditing && <MessageActions room={room} message={message} me={me} onEdit={mine ? () => onEdit(seq) : undefined} />}
      </div>
    </article>
  )
})

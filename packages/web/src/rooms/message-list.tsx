import type { RoomHandle, RoomMessage, RoomView } from "@backline/client"
import { useVirtualizer } from "@tanstack/react-virtual"
import { ArrowDown, MessageCircle } from "lucide-react"
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from "react"
import { useNow } from "../format/use-now.ts"
import { EmptyState } from "../ui/state.tsx"
import { AnswerRow } from "./answer-row.tsx"
import { isAssistant } from "./assistant-person.ts"
import { MessageRow } from "./message-row.tsx"
import { messageKey, waitingRows } from "./row-keys.ts"
import { UnsentRow } from "./unsent-row.tsx"

interface Props {
  room: RoomHandle
  view: RoomView
  me: string | undefined
  /** How many were unread when the list knew last. */
  unread: number
  /** The message whose text is being changed. */
  editing: number | undefined
  onEdit(seq: number | undefined): void
}

/** Nearer to the end than this counts as being there. */
const NEAR_PX = 80
const ROW_PX = 52
/** Dragging the bar through a year asks only for where it stops. */
const SETTLE_MS = 90

/**
 * A room's messages as rows of a list that knows its length: `seq` has no gaps, so the row is the number and any part can be drawn by
 * itself. Only what is looked at is fetched and drawn, whether the room has ten messages or a hundred thousand.
 */
export function MessageList({ room, view, me, unread, editing, onEdit }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const now = useNow(60_000)
  const [atEnd, setAtEnd] = useState(true)
  const { head } = view
  const { answers, unsent } = waitingRows(room, view, me)
  /** Rows in their order: the log, answers being written, what is not sent yet. */
  const written = head + answers.length
  const [firstUnread] = useState(() => (unread > 0 ? head - unread + 1 : undefined))
  const [seenOnOpen] = useState(head)

  const keyOf = (index: number): string | number =>
    index < head ? messageKey(room, index + 1) : index < written ? answers[index - head]!.key : unsent[index - written]!.key

  // oxlint-disable-next-line react/incompatible-library -- its answers change as it scrolls: this list is not to be memoised
  const rows = useVirtualizer({
    count: written + unsent.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => keyOf(index),
    overscan: 12,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: NEAR_PX,
    paddingStart: 24,
    paddingEnd: 8,
    onChange: (list) => setAtEnd(list.isAtEnd(NEAR_PX * 3)),
  })
  const items = rows.getVirtualItems()
  const from = (items[0]?.index ?? 0) + 1
  const to = Math.min((items.at(-1)?.index ?? 0) + 1, head)

  // Once, at the end: from there on the list keeps itself there.
  const placed = useRef(false)
  useEffect(() => {
    if (placed.current || head === 0) return
    placed.current = true
    rows.scrollToEnd()
  }, [rows, head])

  const answerTo = (message: RoomMessage | undefined) =>
    message && isAssistant(message.user) ? room.answer(message.clientId) : undefined

  const { version } = view
  useEffect(() => {
    if (to < from) return
    const timer = setTimeout(() => void room.load({ from, to }).catch(() => undefined), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [room, from, to, version])

  useEffect(() => {
    if (!atEnd || head === 0) return
    const mark = () => document.visibilityState === "visible" && room.read(head)
    mark()
    document.addEventListener("visibilitychange", mark)
    return () => document.removeEventListener("visibilitychange", mark)
  }, [room, head, atEnd])

  const mine = unsent.at(-1)?.key
  useEffect(() => {
    // Who writes wants to see it, wherever they were reading.
    if (mine) rows.scrollToEnd()
  }, [mine, rows])

  const stopEditing = useCallback(() => {
    onEdit(undefined)
    document.getElementById("room-composer")?.focus({ preventScroll: true })
  }, [onEdit])

  useEffect(() => {
    if (editing !== undefined) rows.scrollToIndex(editing - 1, { align: "auto" })
  }, [editing, rows])

  /** Arrows go from message to message, Home and End to the ends of what there is. */
  function onKeyDown(event: KeyboardEvent) {
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-index]")
    if (event.target !== row?.firstElementChild || !row) return
    const index = Number(row.dataset.index)
    const next = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: rows.options.count - 1 }[event.key]
    if (next === undefined || next < 0 || next >= rows.options.count) return
    event.preventDefault()
    rows.scrollToIndex(next, { align: "auto" })
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"] > *`)?.focus({ preventScroll: true }),
      ),
    )
  }

  if (written + unsent.length === 0)
    return (
      <div className="page-body">
        <EmptyState icon={MessageCircle} title="Nothing was said here yet">
          <p>
            Write the first message. Mention @assistant to ask about concerts, venues and tickets where everybody can see the
            answer.
          </p>
        </EmptyState>
      </div>
    )

  const missed = head - seenOnOpen
  return (
    <div className="messages-place">
      <div ref={scroller} className="messages" data-testid="messages" tabIndex={-1}>
        <div
          role="feed"
          aria-label="Messages"
          className="messages-inner"
          style={{ height: rows.getTotalSize() }}
          onKeyDown={onKeyDown}
        >
          <div className="messages-window" style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
            {items.map(({ index, key }) => (
              <div key={key} data-index={index} ref={rows.measureElement} className="message-slot">
                {index < head ? (
                  <MessageRow
                    room={room}
                    seq={index + 1}
                    message={room.at(index + 1)}
                    before={room.at(index)}
                    answer={answerTo(room.at(index + 1))}
                    head={head}
                    me={me}
                    now={now}
                    members={view.members}
                    isFirstUnread={index + 1 === firstUnread}
                    isEditing={editing === index + 1}
                    onEdit={onEdit}
                    onEditEnd={stopEditing}
                  />
                ) : index < written ? (
                  <AnswerRow answer={answers[index - head]!.item} />
                ) : (
                  <UnsentRow room={room} message={unsent[index - written]!.item} isDown={view.status !== "live"} />
                )}
              </div>
            ))}
          </div>
        </div>
      </div>
      {!atEnd && (
        <button type="button" className="to-end" data-testid="jump-to-latest" onClick={() => rows.scrollToEnd()}>
          <ArrowDown size={15} aria-hidden /> {missed > 0 ? `${missed} new` : "Jump to latest"}
        </button>
      )}
    </div>
  )
}

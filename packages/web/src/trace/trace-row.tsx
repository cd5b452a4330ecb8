import type { TapLine } from "@backline/client"
import { ArrowDownLeft, ArrowUpRight } from "lucide-react"
import { memo } from "react"
import { formatTimeMs } from "../operations/format.ts"
import { formatBytes, reachOf, toneOf } from "./trace-line.ts"

/** The end of an id tells connections apart; all of it is in the title. */
const TAIL = 5

interface Props {
  line: TapLine
  name: string
  /** Lines of several rooms stand together: each says which. */
  isMixed: boolean
}

const heardBy = ({ direction, room, doc }: TapLine): string => {
  if (direction === "in") return ""
  if (doc !== undefined) return "everybody on the board"
  return room === undefined ? "their connections" : "everybody in the room"
}

/** One event: when, in or out, who, what, how it ended, and what it weighed. */
export const TraceRow = memo(function TraceRow({ line, name, isMixed }: Props) {
  const { at, direction, what, user, connectionId, room, doc, outcome, seq, bytes, ms, frames } = line
  const isIn = direction === "in"
  const Arrow = isIn ? ArrowDownLeft : ArrowUpRight
  return (
    <tr role="row" className="trace-row" data-testid="trace-line" data-direction={direction} data-tone={toneOf(line)}>
      <td role="cell" className="trace-time tabular">
        {formatTimeMs(at)}
      </td>
      <td role="cell" className="trace-way" title={isIn ? "From a socket" : "To those who listen"}>
        <Arrow size={14} aria-hidden />
        <span className="sr-only">{isIn ? "in" : "out"}</span>
      </td>
      <td role="cell" className="trace-what">
        {what}
        {(seq !== undefined || frames !== undefined || doc !== undefined) && (
          <small className="tabular">
            {seq !== undefined && ` #${seq}`}
            {frames !== undefined && ` ${frames} frames`}
            {doc !== undefined && " board"}
          </small>
        )}
        {isMixed && room !== undefined && <code title={`Room ${room}`}>…{room.slice(-TAIL)}</code>}
      </td>
      <td role="cell" className="trace-who">
        {user ? name : <span className="trace-none">{heardBy(line)}</span>}
        {connectionId !== undefined && <code title={`Connection ${connectionId}`}>…{connectionId.slice(-TAIL)}</code>}
      </td>
      <td role="cell" className="trace-outcome">
        <span className="trace-word tabular">{reachOf(line) ?? outcome}</span>
      </td>
      <td role="cell" className="trace-number trace-ms tabular">
        {ms === undefined ? "" : `${ms} ms`}
      </td>
      <td role="cell" className="trace-number trace-bytes tabular">
        {bytes === undefined ? "" : formatBytes(bytes)}
      </td>
    </tr>
  )
})

import type { EventInput } from "@backline/core/event"
import type { Line } from "./lines.ts"

/** What became of a row: events, or the one problem for which it is left out as a whole. */
type Row = { events: Iterable<EventInput>; problem?: undefined } | { problem: string; events?: undefined }

/** Turns the lines of one file into events, in order; it may remember the lines before. */
export interface Rows {
  row(line: Line): Row
}

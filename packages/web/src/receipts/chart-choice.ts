import type { Row } from "@backline/client"
import { toUnits } from "../format/number.ts"
import { type Asked, type Column, columnsOf, currencyOf, formatCell, formatPeriod } from "./columns.ts"

export interface ChartPoint {
  label: string
  value: number | null
  /** The value as its column writes it. */
  text: string
}

export interface ChartChoice {
  /** `line` along time with many points, `columns` along time with few, `bars` to compare names. */
  kind: "line" | "columns" | "bars"
  label: Column
  /** What may be drawn; one at a time. */
  measures: Column[]
  /** Where the drawing starts: what the question asked for. */
  first: Column
}

/** More names than this do not fit into bars that can be read. */
export const MOST_BARS = 15
const LINE_FROM = 13

/** Measures a question can ask for, and the names of the columns that answer. */
const ASKED: Record<string, RegExp> = {
  tickets: /^tickets|^sold$|quantity/i,
  concerts: /^concerts/i,
  revenue: /^revenue/i,
  performances: /^performances/i,
  score: /^score$/i,
}

const distinct = (rows: readonly Row[], key: string): number => new Set(rows.map((row) => row[key])).size

const inTime = (rows: readonly Row[], key: string): boolean =>
  rows.every((row, index) => index === 0 || String(rows[index - 1]![key]) < String(row[key]))

/**
 * How to draw a result, or nothing where a drawing would not say more than the rows: a single row, a list of concerts, no number.
 * What was asked for is drawn first.
 */
export function chooseChart(rows: readonly Row[], asked: Asked = {}): ChartChoice | undefined {
  if (rows.length < 2) return undefined
  const columns = columnsOf(rows, asked)
  if (columns.some(({ key, kind }) => kind === "id" && /^concert/i.test(key))) return undefined
  const measures = columns.filter(({ kind, key }) => (kind === "number" || kind === "money") && !/^capacity$/i.test(key))
  const shares = columns.filter(({ kind }) => kind === "share")
  const all = [...measures, ...shares]
  const usual = all[0]
  if (!usual) return undefined

  const wanted = asked.measure ? ASKED[asked.measure] : undefined
  const first = (wanted && all.find(({ key }) => wanted.test(key.replaceAll("_", "")))) ?? usual

  const period = columns.find(({ kind, key }) => kind === "period" && distinct(rows, key) === rows.length)
  const name = columns.find(
    ({ kind, key }) => kind === "text" && /name$|^venue|^composer|^work|^title|^conductor|^soloist|^season|^city/i.test(key),
  )
  // A ranking may carry a date (last performed) beside its names; then the names are its subject.
  if (name && distinct(rows, name.key) > rows.length / 2) return { kind: "bars", label: name, measures: all, first }
  if (period && !inTime(rows, period.key)) return { kind: "bars", label: period, measures: all, first }
  if (period) return { kind: rows.length >= LINE_FROM ? "line" : "columns", label: period, measures: all, first }
  const text = columns.find(({ kind, key }) => kind === "text" && distinct(rows, key) === rows.length)
  return text && { kind: "bars", label: text, measures: all, first }
}

/** The points of one measure, in the order of the rows; bars stop at the most that can be read. */
export function chartPoints(choice: ChartChoice, measure: Column, rows: readonly Row[]): ChartPoint[] {
  return (choice.kind === "bars" ? rows.slice(0, MOST_BARS) : rows).map((row) => {
    const cell = row[measure.key]
    const value = typeof cell === "number" ? (measure.kind === "money" ? toUnits(cell, currencyOf(row)) : cell) : null
    return {
      label: choice.label.kind === "period" ? formatPeriod(row[choice.label.key] ?? null) : String(row[choice.label.key] ?? "–"),
      value,
      text: formatCell(measure, cell, row),
    }
  })
}

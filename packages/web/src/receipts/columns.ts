import type { Cell, Row } from "@backline/client"
import { formatChange, formatMoney, formatNumber, formatShare } from "../format/number.ts"
import { formatDay } from "../format/time.ts"
import { toWords } from "../format/words.ts"

/** What a column holds, from its name and its values; decides alignment, format and whether it can be charted. */
export type ColumnKind = "money" | "share" | "change" | "number" | "ordinal" | "period" | "id" | "text"

export interface Column {
  key: string
  label: string
  kind: ColumnKind
}

const present = (rows: readonly Row[], key: string): Cell[] => rows.map((row) => row[key] ?? null).filter((cell) => cell !== null)

const isPeriod = (text: string): boolean => /^-?\d{4}(-\d{2}(-\d{2})?)?$|^\d{4}s$|^\d{4}[-–/]\d{2,4}$/.test(text)

function kindOf(key: string, cells: readonly Cell[]): ColumnKind {
  const name = key.toLowerCase().replaceAll("_", "")
  if (name.endsWith("id") && !/(paid|bid|grid)$/.test(name)) return "id"
  if (cells.length > 0 && cells.every((cell) => typeof cell === "number")) {
    if (/^(year|decade|season|period)$/.test(name)) return "period"
    if (/^(rank|position|month|version)$/.test(name)) return "ordinal"
    if (name.endsWith("cents")) return "money"
    if (/^(sellthrough|share|ratio)$/.test(name)) return "share"
    if (name === "trend") return "change"
    return "number"
  }
  if (cells.length > 0 && cells.every((cell) => isPeriod(String(cell)))) return "period"
  return "text"
}

/** `revenue_cents` is shown in whole money, so its heading does not speak of cents. */
const labelOf = (key: string, kind: ColumnKind): string => toWords(kind === "money" ? key.replace(/_?cents$/i, "") : key)

/** What a question asked for, which names columns that are general (`value`, `name`). */
export interface Asked {
  /** `tickets`, `revenue` … : `by` of a ranking, `measure` of a count. */
  measure?: string
  /** `composer`, `city` … : `of` of a ranking. */
  subject?: string
}

export const askedOf = (input: unknown): Asked => {
  const given = (input ?? {}) as Record<string, unknown>
  const text = (value: unknown) => (typeof value === "string" ? value : undefined)
  return { measure: text(given.by) ?? text(given.measure), subject: text(given.of) }
}

/** The columns of a result in the order of its rows' keys, ids last; a `name` beside a `venue_id` is headed "Venue". */
export function columnsOf(rows: readonly Row[], { measure, subject }: Asked = {}): Column[] {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const owner = subject ?? keys.map((key) => /^([a-z]+)_?id$/i.exec(key)?.[1]).find((found) => found !== undefined)
  const columns = keys.map((key): Column => {
    const kind = kindOf(key, present(rows, key))
    if (key === "value" && measure) return { key, kind: measure === "revenue" ? "money" : kind, label: toWords(measure) }
    return { key, kind, label: key === "name" && owner ? toWords(owner) : labelOf(key, kind) }
  })
  return [...columns.filter(({ kind }) => kind !== "id"), ...columns.filter(({ kind }) => kind === "id")]
}

export const isNumeric = ({ kind }: Column): boolean =>
  kind === "money" || kind === "share" || kind === "change" || kind === "number" || kind === "ordinal"

/** The currency that a row names for its money. */
export const currencyOf = (row: Row): string | undefined =>
  typeof row.currency === "string" && /^[A-Z]{3}$/.test(row.currency) ? row.currency : undefined

/** One cell as text; an absent value is a dash. */
export function formatCell(column: Column, cell: Cell | undefined, row: Row = {}): string {
  if (cell === null || cell === undefined || cell === "") return "–"
  if (typeof cell === "boolean") return cell ? "yes" : "no"
  if (typeof cell === "number") {
    if (column.kind === "money") return formatMoney(cell, currencyOf(row))
    if (column.kind === "share") return formatShare(cell)
    if (column.kind === "change") return formatChange(cell)
    return column.kind === "period" || column.kind === "id" ? String(cell) : formatNumber(cell)
  }
  return /^\d{4}-\d{2}-\d{2}$/.test(cell) ? formatDay(cell) : cell
}

/** A period for an axis or a heading: `1893-12` is a month, `1956-57` a season. */
export function formatPeriod(value: Cell): string {
  const text = String(value)
  return /^\d{4}-\d{2}-\d{2}$/.test(text) || /^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? formatDay(text) : text
}

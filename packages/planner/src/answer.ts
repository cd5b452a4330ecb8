import { number } from "./text.ts"

/** An answer before it is written. */
export interface Answer {
  /** The answer in one sentence, with its number. */
  sentence: string
  table?: { head: string[]; rows: (string | number)[][] }
  /** What was counted, and how names were understood. */
  notes?: string[]
}

/**
 * Text that came out of a row, safe inside Markdown: it may not open a cell, a tag, a link or an image of its own, nor become a link by
 * looking like one.
 */
export const cell = (value: unknown): string =>
  String(value ?? "")
    .replace(/\s+/g, " ")
    .replace(/[<>]/g, (mark) => (mark === "<" ? "&lt;" : "&gt;"))
    .replace(/[|`*_]/g, "\\$&")
    .replace(/\](?=\()|!(?=\[)/g, "\\$&")
    .replace(/:\/\//g, ": //")
    .trim()

/** The answer as Markdown. */
export function written({ sentence, table, notes = [] }: Answer): string {
  const parts = [sentence]
  if (table && table.rows.length > 0) {
    const line = (cells: (string | number)[]) =>
      `| ${cells.map((value) => (typeof value === "number" ? number(value) : cell(value))).join(" | ")} |`
    const isNumber = (column: number) =>
      table.rows.every((row) => typeof row[column] === "number" || /^[\d.,]+( %)?$/.test(String(row[column])))
    parts.push(
      [
        line(table.head),
        `|${table.head.map((_, column) => (isNumber(column) ? "---:" : "---")).join("|")}|`,
        ...table.rows.map(line),
      ].join("\n"),
    )
  }
  if (notes.length > 0) parts.push(notes.join(" "))
  return parts.join("\n\n")
}

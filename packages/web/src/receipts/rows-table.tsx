import type { Row } from "@backline/client"
import { useState } from "react"
import { formatNumber, plural } from "../format/number.ts"
import { type Asked, columnsOf, formatCell, isNumeric } from "./columns.ts"

const AT_FIRST = 100

interface Props {
  rows: readonly Row[]
  asked?: Asked
  caption: string
}

/** Rows as they are, in a box that scrolls by itself; numbers at the right. */
export function RowsTable({ rows, asked, caption }: Props) {
  const [all, setAll] = useState(false)
  const columns = columnsOf(rows, asked)
  const shown = all ? rows : rows.slice(0, AT_FIRST)
  if (rows.length === 0) return <p className="receipt-empty">The statement ran and found no rows.</p>
  return (
    <>
      <div className="table-box" tabIndex={0} role="group" aria-label={caption}>
        <table className="table" data-testid="receipt-rows">
          <caption className="sr-only">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.key} scope="col" className={isNumeric(column) ? "table-number" : undefined}>
                  {column.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={index}>
                {columns.map((column) => (
                  <td
                    key={column.key}
                    className={isNumeric(column) ? "table-number" : column.kind === "id" ? "table-id" : undefined}
                  >
                    {formatCell(column, row[column.key], row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown.length && (
        <button type="button" className="button button-quiet button-small" onClick={() => setAll(true)}>
          Show all {plural(rows.length, "row")} ({formatNumber(rows.length - shown.length)} more)
        </button>
      )}
    </>
  )
}

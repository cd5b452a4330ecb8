import type { TapLine } from "@backline/client"
import { TraceRow } from "./trace-row.tsx"

interface Props {
  lines: readonly TapLine[]
  nameOf(line: TapLine): string
  isMixed: boolean
}

/** Roles are said aloud, since a narrow screen lays the cells out as a card, which takes a table's own away. */
export function TraceTable({ lines, nameOf, isMixed }: Props) {
  return (
    <table role="table" className="trace-table" data-testid="trace-lines" aria-label="What passed, newest first">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            Time
          </th>
          <th role="columnheader" scope="col">
            <span className="sr-only">Direction</span>
          </th>
          <th role="columnheader" scope="col">
            What
          </th>
          <th role="columnheader" scope="col">
            Who
          </th>
          <th role="columnheader" scope="col">
            Outcome
          </th>
          <th role="columnheader" scope="col" className="trace-number">
            Took
          </th>
          <th role="columnheader" scope="col" className="trace-number">
            Size
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {lines.toReversed().map((line) => (
          <TraceRow key={line.n} line={line} name={nameOf(line)} isMixed={isMixed} />
        ))}
      </tbody>
    </table>
  )
}

import { useState } from "react"

/** Holds rows still while someone reads; says how many wait behind. */
export function usePaused<Row extends { n: number }>(rows: readonly Row[]) {
  const [heldAt, setHeldAt] = useState<number>()
  const shown = heldAt === undefined ? rows : rows.filter(({ n }) => n <= heldAt)
  return {
    paused: heldAt !== undefined,
    shown,
    waiting: rows.length - shown.length,
    toggle: () => setHeldAt(heldAt === undefined ? (rows.at(-1)?.n ?? 0) : undefined),
  }
}

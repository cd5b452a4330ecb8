import { useEffect, useRef, useState } from "react"

const EVERY_MS = 1_000
/** Rows kept in the page; older ones are still in the local cloud. */
const KEPT = 2_000

interface Numbered {
  n: number
}

/** What is to be followed: the newest rows first, then what came after row `n`. */
export interface Source<Row extends Numbered> {
  newest(signal: AbortSignal): Promise<Row[]>
  after(n: number, signal: AbortSignal): Promise<Row[]>
}

export interface Tail<Row> {
  /** Oldest first; undefined until the first answer. */
  rows?: readonly Row[]
  error?: unknown
}

/** Rows as they come in, one question a second and none while the tab is hidden. Another `source` begins anew. */
export function useTail<Row extends Numbered>(source: Source<Row>): Tail<Row> {
  const [tail, setTail] = useState<Tail<Row> & { of?: Source<Row> }>({})
  const rows = useRef<readonly Row[]>([])
  useEffect(() => {
    const leave = new AbortController()
    const { signal } = leave
    let timer: ReturnType<typeof setTimeout> | undefined
    let begun = false
    rows.current = []

    async function look(): Promise<void> {
      try {
        const last = rows.current.at(-1)?.n ?? 0
        const more = begun ? await source.after(last, signal) : await source.newest(signal)
        if (signal.aborted) return
        // A cloud that was started anew counts from one again.
        const fresh = more.filter(({ n }) => n > last)
        if (!begun || fresh.length > 0) rows.current = [...rows.current, ...fresh].slice(-KEPT)
        begun = true
        setTail({ of: source, rows: rows.current })
      } catch (error) {
        if (signal.aborted) return
        setTail({ of: source, rows: begun ? rows.current : undefined, error })
        if ((error as { code?: string }).code === "missing.route") return
      }
      next()
    }
    function next(): void {
      clearTimeout(timer)
      if (document.visibilityState === "visible") timer = setTimeout(() => void look(), EVERY_MS)
    }
    const onVisible = () => document.visibilityState === "visible" && next()
    document.addEventListener("visibilitychange", onVisible)
    void look()
    return () => {
      leave.abort()
      clearTimeout(timer)
      document.removeEventListener("visibilitychange", onVisible)
    }
  }, [source])
  return tail.of === source ? tail : {}
}

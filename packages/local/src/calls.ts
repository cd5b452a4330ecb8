/** One AWS call, as GET /_local/calls shows it. */
export interface Call {
  /** Position in the log, from 1. */
  n: number
  at: number
  /** Function, role or AWS service that called, or `admin`. */
  caller: string
  role?: string
  service: string
  operation: string
  /** What was asked of IAM, and the statement that decided each. */
  access: { action: string; resource: string; decision: "allow" | "deny" | "implicitDeny"; statement?: string }[]
  decision: "allow" | "deny" | "implicitDeny"
  status: number
  error?: string
  ms: number
  units: Record<string, number>
  requestId: string
}

/** The last calls, bounded; older ones fall out. */
export class CallLog {
  private readonly ring: Call[] = []
  private readonly readers = new Set<(call: Call) => void>()
  private next = 1

  constructor(private readonly size = 20_000) {}

  add(logged: Omit<Call, "n">): void {
    const call: Call = { n: this.next++, ...logged }
    this.ring.push(call)
    if (this.ring.length > this.size * 1.1) this.ring.splice(0, this.ring.length - this.size)
    for (const read of this.readers) read(call)
  }

  /** Hands every call to come to `read`; returns how to stop that. */
  follow(read: (call: Call) => void): () => void {
    this.readers.add(read)
    return () => void this.readers.delete(read)
  }

  /** Calls with `n` greater than `since`, oldest first, at most `limit`. */
  since(since: number, limit = 1_000): Call[] {
    const first = this.ring[0]
    if (!first) return []
    const from = Math.max(0, since + 1 - first.n)
    return this.ring.slice(from, from + limit)
  }
}

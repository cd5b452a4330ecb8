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
  private next = 1

  constructor(private readonly size = 20_000) {}

  add(call: Omit<Call, "n">): void {
    this.ring.push({ n: this.next++, ...call })
    if (this.ring.length > this.size * 1.1) this.ring.splice(0, this.ring.length - this.size)
  }

  /** Calls with `n` greater than `since`, oldest first, at most `limit`. */
  since(since: number, limit = 1_000): Call[] {
    const first = this.ring[0]
    if (!first) return []
    const from = Math.max(0, since + 1 - first.n)
    return this.ring.slice(from, from + limit)
  }
}

import type { Call } from "./call.ts"
import { Invocations } from "./invocations.ts"
import { callCharges } from "./prices/call-price.ts"
import { type Charge, rounded, total } from "./prices/charge.ts"
import { Ledger } from "./prices/ledger.ts"
import { type Architecture, warehouseCharges } from "./prices/usage-price.ts"
import { WakeUps } from "./prices/wake-ups.ts"
import type { Resource } from "./resource.ts"

/** `span` is the parent in the trace header of the call. */
type Logged = Omit<Call, "n" | "version" | "invocation" | "priceMicroUsd"> & { span?: string }

/** Statements that the warehouse wakes up for. */
const STATEMENTS = new Set(["ExecuteStatement", "BatchExecuteStatement"])
/** https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-capacity.html */
const DEFAULT_RPU = 128

/** What happens in the cloud and what it costs: the last calls, bounded, invocations by function, and the bill. */
export class CallLog {
  readonly ledger = new Ledger()
  readonly invocations = new Invocations(this.ledger, (name) => this.architectures.get(name) ?? "x86_64")
  private readonly ring: Call[] = []
  private readonly readers = new Set<(call: Call) => void>()
  private readonly wakeUps = new WakeUps()
  private readonly architectures = new Map<string, Architecture>()
  private rpu = DEFAULT_RPU
  private next = 1

  constructor(private readonly size = 20_000) {}

  /** Learns what the templates say about prices: processors of functions, capacity of the warehouse. */
  settle(resources: readonly Resource[]): void {
    for (const { type, identity, properties } of resources) {
      if (type === "AWS::Lambda::Function" && properties.Architectures?.[0] === "arm64")
        this.architectures.set(identity.ref, "arm64")
      if (type === "AWS::RedshiftServerless::Workgroup") this.rpu = Number(properties.BaseCapacity ?? DEFAULT_RPU)
    }
  }

  add({ span, ...said }: Logged): void {
    const invoked = span === undefined ? undefined : this.invocations.bySpan(span)
    const logged = { ...said, ...(invoked && { invocation: invoked.id, version: invoked.version }) }
    const charges = [...callCharges(logged), ...this.wokenUp(logged)]
    this.ledger.add(logged, charges)
    const call: Call = { n: this.next++, ...logged, priceMicroUsd: rounded(total(charges)) }
    this.ring.push(call)
    if (this.ring.length > this.size * 1.1) this.ring.splice(0, this.ring.length - this.size)
    for (const read of this.readers) read(call)
  }

  /** Calls with `n` greater than `since` that `matches` picks, oldest first, at most `limit`. */
  since(since: number, limit = 1_000, matches?: (call: Call) => boolean): Call[] {
    const first = this.ring[0]
    if (!first) return []
    const from = Math.max(0, since + 1 - first.n)
    if (!matches) return this.ring.slice(from, from + limit)
    const found: Call[] = []
    for (let index = from; index < this.ring.length && found.length < limit; index++)
      if (matches(this.ring[index]!)) found.push(this.ring[index]!)
    return found
  }

  /** The newest calls that `matches` picks, oldest first, at most `count`. */
  last(count: number, matches: (call: Call) => boolean): Call[] {
    const found: Call[] = []
    for (let index = this.ring.length - 1; index >= 0 && found.length < count; index--)
      if (matches(this.ring[index]!)) found.push(this.ring[index]!)
    return found.toReversed()
  }

  /** Hands every call to come to `read`; returns how to stop that. */
  follow(read: (call: Call) => void): () => void {
    this.readers.add(read)
    return () => void this.readers.delete(read)
  }

  /** A statement of the warehouse is over: it is billed for as long as it ran. */
  statementEnded(from: number, to: number): void {
    this.ledger.add({ at: to }, warehouseCharges(this.wakeUps.end(from, to), this.rpu))
  }

  private wokenUp({ service, operation, status, at }: Logged): Charge[] {
    if (service !== "redshift-data" || !STATEMENTS.has(operation) || status !== 200) return []
    return warehouseCharges(this.wakeUps.begin(at), this.rpu)
  }
}

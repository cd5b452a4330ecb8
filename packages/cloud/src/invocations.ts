import { type Architecture, invocationCharges } from "./prices/usage-price.ts"
import type { Ledger } from "./prices/ledger.ts"

/** A function, as an invocation's price and record need it. */
interface Invoked {
  name: string
  memoryMb: number
}

interface Ended {
  error?: { errorType: string; errorMessage: string }
  durationMs: number
  heapMb: number
}

interface Running {
  id: string
  version: string
}

export interface FunctionRecord {
  function: string
  /** Under way now. */
  concurrent: number
  invocations: number
  errors: number
  timeouts: number
  /** Refused for want of concurrency. */
  throttles: number
  coldStarts: number
  /** Mean of the cold starts. */
  initMs: number
  p50Ms: number
  p95Ms: number
  maxMemoryMb: number
  lastError?: { at: number; requestId: string; type: string; message: string }
}

/** Durations per function from which percentiles are taken: the last ones. */
const KEPT_DURATIONS = 500
/** Ended invocations whose id is still known, for calls that arrive late. */
const KEPT_IDS = 20_000

class Tally {
  concurrent = 0
  invocations = 0
  errors = 0
  timeouts = 0
  throttles = 0
  coldStarts = 0
  initMs = 0
  maxMemoryMb = 0
  lastError: FunctionRecord["lastError"]
  private readonly durations: number[] = []

  took(ms: number): void {
    this.durations[this.invocations % KEPT_DURATIONS] = ms
    this.invocations++
  }

  /** Nearest rank. */
  percentile(share: number): number {
    const sorted = this.durations.toSorted((a, b) => a - b)
    return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
  }
}

const hundredths = (ms: number): number => Math.round(ms * 100) / 100

/** An invocation's calls name it as their parent by the second half of its id. */
export const spanOf = (requestId: string): string => requestId.replaceAll("-", "").slice(16)

/** What every function did, and what its invocations cost. */
export class Invocations {
  private readonly tallies = new Map<string, Tally>()
  private readonly bySpans = new Map<string, Running>()

  constructor(
    private readonly ledger: Ledger,
    private readonly architectureOf: (functionName: string) => Architecture,
  ) {}

  /** Runs `enter`; what it throws counts as a throttle of the function. */
  admit(name: string, enter: () => void): void {
    try {
      enter()
    } catch (thrown) {
      this.tally(name).throttles++
      throw thrown
    }
  }

  begin(id: string, { name }: Pick<Invoked, "name">, version: string): void {
    this.tally(name).concurrent++
    this.bySpans.set(spanOf(id), { id, version })
    if (this.bySpans.size > KEPT_IDS) this.bySpans.delete(this.bySpans.keys().next().value!)
  }

  /** `initMs` of a cold start is billed too. */
  end(id: string, spec: Invoked, at: number, { error, durationMs, heapMb }: Ended, initMs = 0): void {
    const tally = this.tally(spec.name)
    tally.concurrent--
    tally.took(durationMs)
    if (initMs > 0) {
      tally.coldStarts++
      tally.initMs += initMs
    }
    tally.maxMemoryMb = Math.max(tally.maxMemoryMb, heapMb)
    if (error) {
      tally.errors++
      if (error.errorType === "Sandbox.Timedout") tally.timeouts++
      tally.lastError = { at, requestId: id, type: error.errorType, message: error.errorMessage.slice(0, 1_000) }
    }
    const charges = invocationCharges(Math.ceil(durationMs + initMs), spec.memoryMb, this.architectureOf(spec.name))
    this.ledger.add({ at, function: spec.name, invocation: id }, charges)
  }

  /** The invocation whose calls name this parent, while it is known. */
  bySpan(span: string): Running | undefined {
    return this.bySpans.get(span)
  }

  /** What is said of a function that never ran. */
  readonly none: FunctionRecord = recordOf("", new Tally())

  list(): FunctionRecord[] {
    return [...this.tallies].map(([name, tally]) => recordOf(name, tally))
  }
  private tally(name: string): Tally {
    const known = this.tallies.get(name)
    if (known) return known
    const made = new Tally()
    this.tallies.set(name, made)
    return made
  }
}

const recordOf = (name: string, tally: Tally): FunctionRecord => ({
  function: name,
  concurrent: tally.concurrent,
  invocations: tally.invocations,
  errors: tally.errors,
  timeouts: tally.timeouts,
  throttles: tally.throttles,
  coldStarts: tally.coldStarts,
  initMs: hundredths(tally.coldStarts === 0 ? 0 : tally.initMs / tally.coldStarts),
  p50Ms: hundredths(tally.percentile(0.5)),
  p95Ms: hundredths(tally.percentile(0.95)),
  maxMemoryMb: tally.maxMemoryMb,
  lastError: tally.lastError,
})

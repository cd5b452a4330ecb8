import { availableParallelism } from "node:os"
import type { Sandbox } from "./sandbox.ts"
import { Turns } from "./turns.ts"

export interface PoolOptions {
  /** Worker threads at once, busy or idle. More invocations wait; Lambda's own limits are counted elsewhere. */
  max: number
  /** How long an idle sandbox is kept. */
  idleMs: number
  /** Idle sandboxes kept per key once a burst is over. */
  idlePerKey: number
  /** Sandboxes that start at once where their function has others. */
  startsAtOnce?: number
}

interface Waiter {
  since: number
  start(): Sandbox
  resolve(sandbox: Sandbox): void
  reject(error: unknown): void
}

/** A function that has workers gets another one only when an invocation waited as long as its last start took, which a busy machine makes long; and this long at least. */
const SPAWN_DELAY_MS = 10
/** An invocation whose function has no worker, while all others have but one, waits this long until it takes the place of one that has served as long. */
const STARVING_MS = 250
/** A worker that was idle this long gives its place to any function that wants one more. */
const UNUSED_MS = 2_000
/** Idle sandboxes beyond idlePerKey are kept this long, for the next wave of a burst. */
const BURST_MS = 3_000
const SWEEP_MS = 1_000

/** Sandboxes of all functions: warm ones are used again, last used first; one runs one invocation at a time. Those who wait get them in fair turns. */
export class Pool {
  private readonly all = new Set<Sandbox>()
  private readonly starting = new Set<Sandbox>()
  private readonly idle = new Map<string, Sandbox[]>()
  private readonly retired = new WeakSet<Sandbox>()
  private readonly waiting = new Map<string, Turns<Waiter>>()
  /** Milliseconds that the last start took. */
  private readonly startMs = new Map<string, number>()
  private growTimer: NodeJS.Timeout | undefined
  private readonly sweepTimer: NodeJS.Timeout

  constructor(private readonly options: PoolOptions) {
    this.sweepTimer = setInterval(() => this.sweep(), SWEEP_MS).unref()
  }

  /** A sandbox ready to run; release it afterwards. Those of one `origin` wait for one another, not those of others for them. Rejects with the FunctionError of a handler that cannot be loaded. */
  acquire(key: string, start: () => Sandbox, origin = ""): Promise<Sandbox> {
    const warm = this.idle.get(key)?.pop()
    if (warm) return Promise.resolve(warm)
    return new Promise((resolve, reject) => {
      const turns = this.waiting.get(key) ?? new Turns()
      this.waiting.set(key, turns)
      turns.add(origin, { since: performance.now(), start, resolve, reject })
      this.grow()
    })
  }

  release(sandbox: Sandbox): void {
    if (sandbox.gone) return
    const isRetired = this.retired.has(sandbox)
    const poorer = isRetired ? undefined : this.poorerThan(sandbox)
    if (poorer !== undefined) {
      sandbox.kill()
      return this.spawn(poorer)
    }
    const waiter = this.take(sandbox.key)
    if (waiter) return waiter.resolve(sandbox)
    if (isRetired) return sandbox.kill()
    const list = this.idle.get(sandbox.key)
    if (list) list.push(sandbox)
    else this.idle.set(sandbox.key, [sandbox])
    this.grow()
  }

  /** Sandboxes of keys that match take no more invocations than those that wait for them: idle ones end now, busy ones when they are done. */
  retire(matches: (key: string) => boolean): void {
    for (const sandbox of [...this.all].filter(({ key }) => matches(key))) {
      this.retired.add(sandbox)
      if (this.idle.get(sandbox.key)?.includes(sandbox)) sandbox.kill()
    }
  }

  /** Ends all sandboxes of keys that match. */
  kill(matches: (key: string) => boolean): number {
    const victims = [...this.all].filter(({ key }) => matches(key))
    victims.forEach((sandbox) => sandbox.kill())
    return victims.length
  }

  stop(): void {
    clearInterval(this.sweepTimer)
    clearTimeout(this.growTimer)
    for (const key of this.waiting.keys())
      for (let waiter = this.take(key); waiter; waiter = this.take(key)) waiter.reject(new Error("The local cloud is stopping."))
    this.kill(() => true)
  }

  state() {
    const idle = [...this.idle.values()].reduce((sum, list) => sum + list.length, 0)
    const waiting = [...this.waiting.values()].reduce((sum, { size }) => sum + size, 0)
    return { workers: this.all.size, idle, starting: this.starting.size, waiting }
  }

  private take(key: string): Waiter | undefined {
    const turns = this.waiting.get(key)
    const waiter = turns?.take()
    if (turns?.size === 0) this.waiting.delete(key)
    return waiter
  }

  private workersOf(key: string): number {
    let count = 0
    for (const sandbox of this.all) if (sandbox.key === key) count++
    return count
  }

  private startingOf(key: string): number {
    return [...this.starting].filter((sandbox) => sandbox.key === key).length
  }

  /** Milliseconds that the one whose turn is next has waited. */
  private waited(key: string): number {
    const next = this.waiting.get(key)?.next
    return next ? performance.now() - next.since : 0
  }

  /** Whether so many workers are worth one more: a start costs more than most handlers take, and more than one a processor at once makes each of them late. */
  private wantsMore(key: string, workers: number): boolean {
    const starting = this.startingOf(key)
    if (starting >= (this.waiting.get(key)?.size ?? 0)) return false
    if (workers === 0) return true
    const { startsAtOnce = availableParallelism() } = this.options
    return this.starting.size < startsAtOnce && this.waited(key) >= Math.max(SPAWN_DELAY_MS, this.startMs.get(key) ?? 0)
  }

  /** The function that gets this sandbox's place where all places are taken: the one that waited longest of those that have at least two workers fewer, or none at all. */
  private poorerThan(sandbox: Sandbox): string | undefined {
    if (this.all.size < this.options.max) return undefined
    const mine = this.workersOf(sandbox.key)
    const served = performance.now() - sandbox.readyAt
    const poorer = [...this.waiting.keys()].filter((key) => {
      const theirs = this.workersOf(key)
      const isPatient = theirs > 0 || mine > 1 ? theirs + 2 > mine : Math.min(this.waited(key), served) < STARVING_MS
      return key !== sandbox.key && !isPatient && this.wantsMore(key, theirs)
    })
    return poorer.sort((a, b) => this.waited(b) - this.waited(a))[0]
  }

  /** Starts sandboxes for waiting invocations, as many as the rules above allow. */
  private grow(): void {
    for (const key of this.waiting.keys()) {
      const workers = this.workersOf(key)
      if (!this.wantsMore(key, workers)) continue
      if (this.all.size < this.options.max || this.evict(key, workers)) this.spawn(key)
    }
    if (this.waiting.size > 0)
      this.growTimer ??= setTimeout(() => ((this.growTimer = undefined), this.grow()), SPAWN_DELAY_MS).unref()
  }

  /** Makes room by ending an idle sandbox of the function that has most, of several the one idle longest. */
  private evict(key: string, workers: number): boolean {
    const now = performance.now()
    const [first] = [...this.idle]
      .filter(([each]) => each !== key)
      .flatMap(([each, list]) => list.map((sandbox) => ({ sandbox, of: this.workersOf(each) })))
      .filter(({ sandbox, of }) => workers === 0 || of >= workers + 2 || now - sandbox.idleSince > UNUSED_MS)
      .sort((a, b) => b.of - a.of || a.sandbox.idleSince - b.sandbox.idleSince)
    first?.sandbox.kill()
    return first !== undefined
  }

  private spawn(key: string): void {
    const sandbox = this.waiting.get(key)!.next!.start()
    const at = performance.now()
    this.all.add(sandbox)
    this.starting.add(sandbox)
    sandbox.onGone = () => this.forget(sandbox)
    sandbox.ready.then(
      () => {
        this.starting.delete(sandbox)
        this.startMs.set(key, performance.now() - at)
        this.release(sandbox)
      },
      (error: unknown) => this.take(key)?.reject(error),
    )
  }

  private forget(sandbox: Sandbox): void {
    this.all.delete(sandbox)
    this.starting.delete(sandbox)
    const list = this.idle.get(sandbox.key)
    const index = list?.indexOf(sandbox) ?? -1
    if (index >= 0) list!.splice(index, 1)
    if (list?.length === 0) this.idle.delete(sandbox.key)
    // After the microtask that hands the failure to its own waiter.
    if (this.waiting.size > 0) setImmediate(() => this.grow())
  }

  private sweep(): void {
    const now = performance.now()
    for (const list of this.idle.values()) {
      const surplus = list
        .slice(0, Math.max(0, list.length - this.options.idlePerKey))
        .filter(({ idleSince }) => now - idleSince > BURST_MS)
      const cold = list.filter(({ idleSince }) => now - idleSince > this.options.idleMs)
      new Set([...surplus, ...cold]).forEach((sandbox) => sandbox.kill())
    }
  }
}

import type { Sandbox } from "./sandbox.ts"

export interface PoolOptions {
  /** Worker threads at once, busy or idle. More invocations wait; Lambda's own limits are counted elsewhere. */
  max: number
  /** How long an idle sandbox is kept. */
  idleMs: number
  /** Idle sandboxes kept per key once a burst is over. */
  idlePerKey: number
}

interface Waiter {
  key: string
  since: number
  start(): Sandbox
  resolve(sandbox: Sandbox): void
  reject(error: unknown): void
}

/** A function that has workers gets another one only when an invocation waited this long: starting one costs more than most handlers take. */
const SPAWN_DELAY_MS = 10
/** An invocation that waited this long takes the place of another function's worker, once that has served as long … */
const STARVING_MS = 250
/** … and this long where its function has workers: functions that take turns would else end one another's all the time. */
const SERVED_STARVING_MS = 2_000
/** Idle sandboxes beyond idlePerKey are kept this long, for the next wave of a burst. */
const BURST_MS = 3_000
const SWEEP_MS = 1_000

/** Sandboxes of all functions: warm ones are used again, last used first; one runs one invocation at a time. */
export class Pool {
  private readonly all = new Set<Sandbox>()
  private readonly starting = new Set<Sandbox>()
  private readonly idle = new Map<string, Sandbox[]>()
  private readonly retired = new WeakSet<Sandbox>()
  private queue: Waiter[] = []
  private growTimer: NodeJS.Timeout | undefined
  private readonly sweepTimer: NodeJS.Timeout

  constructor(private readonly options: PoolOptions) {
    this.sweepTimer = setInterval(() => this.sweep(), SWEEP_MS).unref()
  }

  /** A sandbox ready to run; release it afterwards. Rejects with the FunctionError of a handler that cannot be loaded. */
  acquire(key: string, start: () => Sandbox): Promise<Sandbox> {
    const warm = this.idle.get(key)?.pop()
    if (warm) return Promise.resolve(warm)
    return new Promise((resolve, reject) => {
      this.queue.push({ key, since: performance.now(), start, resolve, reject })
      this.grow()
    })
  }

  release(sandbox: Sandbox): void {
    if (sandbox.gone) return
    if (this.retired.has(sandbox)) {
      const last = this.take(sandbox.key)
      return last ? last.resolve(sandbox) : sandbox.kill()
    }
    const full = this.all.size >= this.options.max
    const head = this.queue[0]
    const since = Math.max(head?.since ?? 0, sandbox.readyAt)
    const isHeadStarving = full && head && head.key !== sandbox.key && performance.now() - since > this.patienceOf(head.key)
    const waiter = isHeadStarving ? undefined : this.take(sandbox.key)
    if (waiter) return waiter.resolve(sandbox)
    const list = this.idle.get(sandbox.key)
    if (list) list.push(sandbox)
    else this.idle.set(sandbox.key, [sandbox])
    if (head) this.grow()
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
    this.queue.forEach(({ reject }) => reject(new Error("The local cloud is stopping.")))
    this.queue = []
    this.kill(() => true)
  }

  state() {
    const idle = [...this.idle.values()].reduce((sum, list) => sum + list.length, 0)
    return { workers: this.all.size, idle, starting: this.starting.size, waiting: this.queue.length }
  }

  private take(key: string): Waiter | undefined {
    const index = this.queue.findIndex((waiter) => waiter.key === key)
    return index < 0 ? undefined : this.queue.splice(index, 1)[0]
  }

  /** Starts sandboxes for waiting invocations, as many as the rules above allow. */
  private grow(): void {
    const now = performance.now()
    const wanted = new Map<string, { waiting: number; oldest: Waiter }>()
    for (const waiter of this.queue) {
      const entry = wanted.get(waiter.key)
      if (entry) entry.waiting++
      else wanted.set(waiter.key, { waiting: 1, oldest: waiter })
    }
    for (const [key, { waiting, oldest }] of wanted) {
      const mine = [...this.all].filter((sandbox) => sandbox.key === key)
      const onTheWay = mine.filter((sandbox) => this.starting.has(sandbox)).length
      const patient = mine.length > 0 && now - oldest.since < SPAWN_DELAY_MS
      if (onTheWay >= waiting || patient) continue
      const isUrgent = mine.length === 0 || now - oldest.since > SERVED_STARVING_MS
      if (this.all.size < this.options.max || this.evict(key, isUrgent ? 0 : SERVED_STARVING_MS)) this.spawn(key, oldest.start)
    }
    if (this.queue.length > 0)
      this.growTimer ??= setTimeout(() => ((this.growTimer = undefined), this.grow()), SPAWN_DELAY_MS).unref()
  }

  private patienceOf(key: string): number {
    return [...this.all].some((sandbox) => sandbox.key === key) ? SERVED_STARVING_MS : STARVING_MS
  }

  /** Makes room by ending the sandbox of another function that has been idle longest, and so long at least. */
  private evict(key: string, idleMs: number): boolean {
    const others = [...this.idle].filter(([each]) => each !== key).flatMap(([, list]) => list)
    const oldest = others.sort((a, b) => a.idleSince - b.idleSince)[0]
    if (!oldest || performance.now() - oldest.idleSince < idleMs) return false
    oldest.kill()
    return true
  }

  private spawn(key: string, start: () => Sandbox): void {
    const sandbox = start()
    this.all.add(sandbox)
    this.starting.add(sandbox)
    sandbox.onGone = () => this.forget(sandbox)
    sandbox.ready.then(
      () => {
        this.starting.delete(sandbox)
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
    if (this.queue.length > 0) setImmediate(() => this.grow())
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

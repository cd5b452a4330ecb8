import { basename } from "node:path"
import { type Bundle, bundle, BundleError, type BundleOptions } from "./bundle.ts"
import type { HandlerSource } from "./handler-source.ts"
import { Rebuilder } from "./rebuild.ts"

/** The handlers' code as it runs now: bundled at the start, bundled again when its sources changed. */
export class Code {
  /** The first build. */
  readonly ready: Promise<Bundle>
  private newest: Promise<Bundle>
  private waiting: Promise<unknown> | undefined
  private rebuilder: Rebuilder | undefined
  private building: Promise<unknown> = Promise.resolve()
  /** Handlers that newer templates do not name: functions that are about to go still have the code they had. */
  private readonly gone = new Map<string, HandlerSource>()

  constructor(private options: BundleOptions) {
    this.ready = this.newest = bundle(options)
    this.ready.catch(() => {}) // Whoever awaits `ready` or invokes gets the error.
  }

  /** The newest code that bundles; waits while it is being bundled. */
  async current(): Promise<Bundle> {
    while (this.waiting) await this.waiting
    return this.newest
  }

  /** As `current`, without waiting. */
  now(): Promise<Bundle> {
    return this.newest
  }

  /** Everybody who asks for the code waits until `work` is over, however it ends. */
  hold(work: Promise<unknown>): void {
    const both = Promise.allSettled([this.waiting, work]).then(() => {
      if (this.waiting === both) this.waiting = undefined
    })
    this.waiting = both
  }

  /** Bundles again, for `handlers` where they changed; one build at a time. Throws BundleError and keeps the last good code where that fails. */
  rebuild(handlers?: readonly string[]): Promise<Bundle> {
    const made = this.building.then(() => this.build(handlers ?? this.options.handlers))
    this.building = made.catch(() => {})
    return made
  }

  private async build(handlers: readonly string[]): Promise<Bundle> {
    const last = await this.newest
    this.rebuilder ??= new Rebuilder(this.options, last.bootstrap)
    const made = await this.rebuilder.build(handlers).catch((thrown: unknown) => {
      // A handler whose file is not there has no place in a file, but is mended like any other mistake.
      throw thrown instanceof Error && /^Handler .*: no file /.test(thrown.message)
        ? new BundleError([{ text: thrown.message }])
        : thrown
    })
    const known = new Set(handlers)
    for (const name of this.options.handlers) if (!known.has(name)) this.gone.set(name, last.handler(name))
    this.options = { ...this.options, handlers }
    const bundle: Bundle = {
      ...made,
      handler: (name) => (known.has(name) ? undefined : this.gone.get(name)) ?? made.handler(name),
    }
    this.newest = Promise.resolve(bundle)
    return bundle
  }

  async stop(): Promise<void> {
    await this.waiting
    await this.rebuilder?.stop()
  }
}

/** Equal where a handler loads equal code. */
export const digestOf = (file: string): string => /-(\w+)\.mjs$/.exec(basename(file))?.[1] ?? basename(file)

import { basename } from "node:path"
import { type Bundle, bundle, BundleError, type BundleOptions } from "./bundle.ts"
import { Rebuilder } from "./rebuild.ts"

/** The handlers' code as it runs now: bundled at the start, bundled again when its sources changed. */
export class Code {
  /** The first build. */
  readonly ready: Promise<Bundle>
  private newest: Promise<Bundle>
  private waiting: Promise<unknown> | undefined
  private rebuilder: Rebuilder | undefined

  constructor(private options: BundleOptions) {
    this.ready = this.newest = bundle(options)
    this.ready.catch(() => {}) // Whoever awaits `ready` or invokes gets the error.
  }

  /** The newest code that bundles; waits while it is being bundled. */
  async current(): Promise<Bundle> {
    while (this.waiting) await this.waiting
    return this.newest
  }

  /** Everybody who asks for the code waits until `work` is over, however it ends. */
  hold(work: Promise<unknown>): void {
    const both = Promise.allSettled([this.waiting, work]).then(() => {
      if (this.waiting === both) this.waiting = undefined
    })
    this.waiting = both
  }

  /** Bundles again, for `handlers` where they changed. Throws BundleError and keeps the last good code where that fails. */
  async rebuild(handlers: readonly string[] = this.options.handlers): Promise<Bundle> {
    const last = await this.newest
    this.rebuilder ??= new Rebuilder(this.options, last.bootstrap)
    const made = await this.rebuilder.build(handlers).catch((thrown: unknown) => {
      // A handler whose file is not there has no place in a file, but is mended like any other mistake.
      throw thrown instanceof Error && /^Handler .*: no file /.test(thrown.message)
        ? new BundleError([{ text: thrown.message }])
        : thrown
    })
    this.options = { ...this.options, handlers }
    this.newest = Promise.resolve(made)
    return made
  }

  async stop(): Promise<void> {
    await this.waiting
    await this.rebuilder?.stop()
  }
}

/** Equal where a handler loads equal code. */
export const digestOf = (file: string): string => /-(\w+)\.mjs$/.exec(basename(file))?.[1] ?? basename(file)

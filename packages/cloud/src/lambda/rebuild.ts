import { createHash } from "node:crypto"
import { existsSync, realpathSync } from "node:fs"
import { mkdir, rename, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import * as esbuild from "esbuild"
import { type Bundle, type BundleOptions, builtFiles, bundleOf, entriesOf, explain, settings } from "./bundle.ts"

/** esbuild's process holds some 300 MB while it knows all modules; it goes when nobody edited for so long. */
const IDLE_MS = 5 * 60_000

const RUN = `${process.pid}-${Date.now().toString(36)}`

/**
 * Builds the handlers again and again: the first time esbuild reads everything, then only what changed. Files are named by their
 * content, so what an earlier build wrote is never touched and workers of the old code go on loading it.
 */
export class Rebuilder {
  private context: esbuild.BuildContext | undefined
  private handlers: string[] = []
  private idle: NodeJS.Timeout | undefined
  private readonly root: string
  private readonly dir: string
  private readonly written = new Set<string>()

  constructor(
    private readonly options: Omit<BundleOptions, "handlers">,
    private readonly bootstrap: string,
  ) {
    this.root = realpathSync(options.root)
    const set = createHash("sha1").update(RUN).digest("hex").slice(0, 12)
    // As deep as the first build, so that the paths in source maps, and with them the files' names, come out the same.
    this.dir = join(options.out ?? join(this.root, ".backline/bundles"), set, "reload")
  }

  /** Throws BundleError where the handlers do not bundle; the next call tries again. */
  async build(handlers: readonly string[]): Promise<Bundle> {
    clearTimeout(this.idle)
    try {
      if (handlers.join() !== this.handlers.join()) await this.forget()
      const { sources, points } = entriesOf(this.root, handlers)
      this.handlers = [...handlers]
      const { metafile, outputFiles } = await this.run(points)
        // Another cloud of this process has stopped esbuild.
        .catch((thrown: unknown) => (isStopped(thrown) ? ((this.context = undefined), this.run(points)) : Promise.reject(thrown)))
        .catch(explain)
      for (const file of outputFiles) await this.write(file)
      return bundleOf(
        this.root,
        sources,
        { entries: builtFiles(metafile), inputs: Object.keys(metafile.inputs) },
        true,
        this.bootstrap,
      )
    } finally {
      this.idle = setTimeout(() => void this.forget(), IDLE_MS).unref()
    }
  }

  private async run(entryPoints: { in: string; out: string }[]) {
    this.context ??= await esbuild.context({
      ...settings(this.options),
      absWorkingDir: this.root,
      entryPoints,
      outdir: this.dir,
      write: false,
    })
    return (this.context as esbuild.BuildContext<ReturnType<typeof settings> & { write: false }>).rebuild()
  }

  async stop(): Promise<void> {
    clearTimeout(this.idle)
    await this.forget()
    await rm(dirname(this.dir), { recursive: true, force: true })
  }

  /** Written aside and renamed, because a worker may be about to load it. */
  private async write({ path, contents }: esbuild.OutputFile): Promise<void> {
    if (this.written.has(path)) return
    if (!existsSync(path)) {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(`${path}.new`, contents)
      await rename(`${path}.new`, path)
    }
    this.written.add(path)
  }

  private async forget(): Promise<void> {
    const { context } = this
    if (!context) return
    this.context = undefined
    await context.dispose().catch(() => {})
    await esbuild.stop()
  }
}

const isStopped = (thrown: unknown): boolean => /service (was stopped|is no longer running)/.test(String(thrown))

import { readdir, stat } from "node:fs/promises"
import { join, relative, sep } from "node:path"
import { EDITED, SynthesisError } from "../assembly/synth.ts"
import { BundleError, type Problem, problemLine } from "../lambda/bundle.ts"
import type { LocalLambda } from "../lambda/runtime.ts"
import { Lane } from "./lane.ts"
import type { Stacks } from "./stacks.ts"
import { Watch } from "./watch.ts"

export { Stacks } from "./stacks.ts"

/** What GET /_local/reload answers. */
export interface ReloadState {
  status: "ok" | "failed"
  /** When the last reload was over (or the start was), epoch milliseconds. */
  at: number
  ms: number
  /** Functions whose code or settings it changed. */
  functions: string[]
  /** While it failed: what is wrong. The last good version runs. */
  errors: Problem[]
  /** What it changed in the stacks, and what takes effect at a restart. */
  changes: string[]
  restart: string[]
}

export interface ReloadParts {
  root: string
  lambda: LocalLambda
  stacks: Stacks
  now(): number
  /** One line, or a few, for the person who saved. */
  say(text: string): void
}

/** Files that bundles and templates may be made from; editors also leave others for a moment. */
const SOURCE = /\.(?:[cm]?[jt]sx?|json|sql)$/
/** Settings of the build that are no inputs of it. */
const SETTINGS = ["tsconfig.json", "packages/core/package.json", "packages/functions/package.json"]
/** A request waits no longer for a reload than this. */
const PATIENCE_MS = 30_000

/** Functions by the part of their name that a person knows. */
const listed = (names: readonly string[]): string => `${names.length} function${names.length === 1 ? "" : "s"}`

/** Watches what people edit, and runs what they saved: handlers within a moment, stacks within seconds. */
export class Reload {
  readonly state: ReloadState
  private readonly watch: Watch
  private readonly handlers = new Lane((files) => this.reloadHandlers(files))
  private readonly declared = new Lane((files) => this.reloadStacks(files))
  private readonly failing = new Map<"handlers" | "stacks", Problem[]>()
  private inputs = new Set<string>()
  /** In the machine's time, as files have it. */
  private readonly bornAt = Date.now()

  constructor(private readonly parts: ReloadParts) {
    this.state = { status: "ok", at: parts.now(), ms: 0, functions: [], errors: [], changes: [], restart: [] }
    this.watch = new Watch((path) => this.changed(path), parts.say)
  }

  /** Resolves when the watch stands. */
  async start(): Promise<void> {
    const { root, lambda } = this.parts
    this.inputs = new Set((await lambda.code.now()).inputs)
    await lambda.retireStale()
    for (const folder of [...EDITED, "packages/core/src", "packages/functions/src", ...SETTINGS])
      await this.watch.add(join(root, folder))
    await this.catchUp()
  }

  /** What was saved while the cloud started. */
  private async catchUp(): Promise<void> {
    const { root } = this.parts
    const below = EDITED.map(async (name) => {
      const names = await readdir(join(root, name), { recursive: true }).catch(() => [])
      return [name, ...names.map((each) => join(name, each))]
    })
    const files = new Set([...this.inputs, ...(await Promise.all(below)).flat()])
    for (const file of files) {
      const found = await stat(join(root, file)).catch(() => undefined)
      if (found?.isFile() && found.mtimeMs > this.bornAt) this.changed(join(root, file))
    }
  }

  /** Resolves when what was saved until now runs, or is known not to; at the latest after some seconds. */
  async settled(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)))
    await Promise.race([Promise.all([this.handlers.idle(), this.declared.idle()]), late])
    clearTimeout(timer)
  }

  stop(): void {
    this.watch.stop()
    this.handlers.stop()
    this.declared.stop()
  }

  private changed(path: string): void {
    const file = relative(this.parts.root, path).split(sep).join("/")
    if (!SOURCE.test(file) || /(?:^|\/)\.|\.test\.[jt]sx?$|^stacks\/test\//.test(file)) return
    const isDeclared = EDITED.some((input) => file === input || file.startsWith(`${input}/`))
    const isInput = this.inputs.has(file) || SETTINGS.includes(file)
    // After a failure any file may be what was missing.
    if (isInput || this.failing.has("handlers")) {
      this.handlers.add(file)
      this.parts.lambda.code.hold(this.handlers.idle())
    }
    if (isDeclared || this.failing.has("stacks")) this.declared.add(file)
  }

  private async reloadHandlers(files: string[]): Promise<void> {
    const started = performance.now()
    const { lambda } = this.parts
    try {
      const { inputs } = await lambda.code.rebuild()
      this.inputs = new Set(inputs)
      const functions = await lambda.retireStale()
      const wasFailing = this.failing.delete("handlers")
      if (functions.length === 0 && !wasFailing) return
      this.done(started, { functions, changes: [] }, `reloaded ${listed(functions)}`, files)
    } catch (thrown) {
      // A handler that went together with its route: the newer stacks name it no more, and if they do, they fail with it.
      if (thrown instanceof BundleError && thrown.problems.every(({ file }) => !file) && this.declared.busy) return
      this.failed("handlers", started, thrown)
    }
  }

  private async reloadStacks(files: string[]): Promise<void> {
    const started = performance.now()
    try {
      const { functions, changes, restart } = await this.parts.stacks.reload()
      this.inputs = new Set((await this.parts.lambda.code.now()).inputs)
      const wasFailing = this.failing.delete("stacks")
      this.failing.delete("handlers")
      this.state.restart = restart
      if (changes.length === 0 && restart.length === 0 && functions.length === 0 && !wasFailing) return
      const what = changes.length === 0 ? "stacks are as they were" : `stacks: ${shortened(changes)}`
      this.done(
        started,
        { functions, changes },
        `${what}${functions.length > 0 ? ` · reloaded ${listed(functions)}` : ""}`,
        files,
      )
      for (const each of restart) this.parts.say(`  takes effect at a restart: ${each}`)
    } catch (thrown) {
      this.failed("stacks", started, thrown)
    }
  }

  private done(
    started: number,
    { functions, changes }: Pick<ReloadState, "functions" | "changes">,
    what: string,
    files: string[],
  ): void {
    this.conclude(started)
    this.state.functions = functions
    this.state.changes = changes
    const more = files.length > 1 ? ` and ${files.length - 1} more` : ""
    this.parts.say(`${what} in ${took(this.state.ms)} · ${files[0]}${more}`)
  }

  private failed(lane: "handlers" | "stacks", started: number, thrown: unknown): void {
    const problems = thrown instanceof BundleError || thrown instanceof SynthesisError ? thrown.problems : []
    const errors = problems.length > 0 ? [...problems] : [{ text: thrown instanceof Error ? thrown.message : String(thrown) }]
    this.failing.set(lane, errors)
    this.conclude(started)
    this.state.functions = []
    this.state.changes = []
    this.parts.say([`not reloaded, the last good version runs on:`, ...errors.map((each) => `  ${problemLine(each)}`)].join("\n"))
  }

  private conclude(started: number): void {
    this.state.at = this.parts.now()
    this.state.ms = Math.round(performance.now() - started)
    this.state.errors = [...new Map([...this.failing.values()].flat().map((each) => [problemLine(each), each])).values()]
    this.state.status = this.failing.size > 0 ? "failed" : "ok"
  }
}

const SHOWN = 6

/** What comes with a function or a route; it is all in GET /_local/reload. */
const PLUMBING = /^\w+ (?:loggroup|role|policy|permission|integration|parameter|deployment) /

function shortened(changes: readonly string[]): string {
  const telling = changes.filter((each) => !PLUMBING.test(each))
  const shown = (telling.length > 0 ? telling : changes).slice(0, SHOWN)
  const more = changes.length - shown.length
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`
}

const took = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`)

import { createHash, randomBytes, randomUUID } from "node:crypto"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { AwsError, type Cloud } from "../service.ts"
import type { Bundle } from "./bundle.ts"
import { type Code, digestOf } from "./code.ts"
import { Concurrency } from "./concurrency.ts"
import { environmentOf } from "./environment.ts"
import type { FunctionSpec } from "./function.ts"
import type { HandlerSource } from "./handler-source.ts"
import { levelOf, type Line, type Lines } from "./lines.ts"
import { groupLine, linesAfter, linesBefore, reportText } from "./log-lines.ts"
import { isLoop, loopMessage, type Origin, recursive, traceOf } from "../delivery/lineage.ts"
import { LogTails } from "./log-tail.ts"
import { LogSink } from "./logs.ts"
import { Pool, type PoolOptions } from "./pool.ts"
import type { FunctionError } from "./protocol.ts"
import type { Registry, Target } from "./registry.ts"
import { type Ending, Sandbox } from "./sandbox.ts"
import { mapped } from "./stack.ts"
import { TraceSink } from "./traces.ts"

/** Synchronous payloads, in and out: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_PAYLOAD_BYTES = 6 * 1_048_576
/** What Lambda adds for its own envelope before it calls a response too large. */
const MAX_RESPONSE_BYTES = MAX_PAYLOAD_BYTES + 100
/** Below this skew the clocks agree: both are read one after the other. */
const SKEW_MS = 5

export interface Ran {
  requestId: string
  version: string
  /** JSON text the handler returned; undefined when it failed. */
  payload?: string
  error?: FunctionError
}

/** Where a function's code lies, and a digest that is the same where the code and everything a worker is started with are the same. */
interface Placed {
  bootstrap: string
  source: HandlerSource
  digest: string
}

const hash = (text: string): string => createHash("sha1").update(text).digest("hex").slice(0, 12)

const isOver = (text: string, limit: number): boolean => text.length > limit / 3 && Buffer.byteLength(text) > limit

/** Runs invocations: limits, a worker thread, logs. */
export class Runner {
  readonly pool: Pool
  readonly concurrency: Concurrency
  readonly logs: LogSink
  readonly traces: TraceSink
  readonly tails = new LogTails()
  private readonly clock = new SharedArrayBuffer(8)
  private readonly digests = new Map<string, string>()
  private readonly configs = new WeakMap<FunctionSpec, string>()

  constructor(
    private readonly registry: Registry,
    private readonly cloud: () => Cloud,
    private readonly code: Code,
    private readonly lines: Lines,
    private readonly root: string,
    private readonly inlineDir: string,
    pool: PoolOptions,
  ) {
    this.pool = new Pool(pool)
    this.concurrency = new Concurrency(() => registry.all())
    this.logs = new LogSink(cloud)
    this.traces = new TraceSink(cloud)
  }

  /** Runs `event` (JSON text) and waits. Throws AwsError for what Lambda refuses before the handler runs. */
  async run(reference: string, event: string, requestId: string = randomUUID(), origin?: Origin): Promise<Ran> {
    const target = this.registry.resolve(reference)
    const { spec } = target
    if (spec.stopsLoops && isLoop(origin?.trace, spec.arn)) {
      this.cloud().log("lambda", loopMessage(spec.name, origin!.source))
      throw recursive(spec.arn)
    }
    if (isOver(event, MAX_PAYLOAD_BYTES))
      throw new AwsError(
        "RequestTooLargeException",
        `Request must be smaller than ${MAX_PAYLOAD_BYTES} bytes for the InvokeFunction operation`,
        413,
        { Type: "User" },
      )
    this.cloud().calls.invocations.admit(target.spec.name, () => this.concurrency.enter(target.spec))
    try {
      return { requestId, version: target.version, ...(await this.inSandbox(target, event, requestId, origin)) }
    } finally {
      this.concurrency.leave(target.spec)
    }
  }

  /** Workers whose function has other code or other settings now take no more invocations. Returns the functions that changed. */
  async retireStale(): Promise<string[]> {
    const changed = new Set<string>()
    const bundle = await this.code.now()
    const places = await Promise.all(
      this.registry.all().map(async (spec) => [spec.name, await this.placeOf(spec, bundle)] as const),
    )
    const now = new Map(places.map(([name, { digest }]) => [name, digest]))
    this.pool.retire((key) => {
      const [name = "", , digest] = key.split(":")
      return now.get(name) !== digest
    })
    for (const [name, digest] of now) {
      if (this.digests.has(name) && this.digests.get(name) !== digest) changed.add(name)
      this.digests.set(name, digest)
    }
    return [...changed]
  }

  private async inSandbox(
    target: Target,
    event: string,
    id: string,
    origin?: Origin,
  ): Promise<{ payload?: string; error?: FunctionError }> {
    const { spec, version, invokedArn } = target
    const place = await this.placeOf(spec, await this.code.current())
    const key = `${spec.name}:${version}:${place.digest}`
    let sandbox: Sandbox & { logStream?: string }
    try {
      sandbox = await this.pool.acquire(key, () => this.start(target, key, place), origin?.source)
    } catch (thrown) {
      if (thrown instanceof Error) throw thrown
      const error = thrown as FunctionError
      this.cloud().log(spec.name, `${error.errorType}: ${error.errorMessage}`)
      this.tell(spec, id, "ERROR", [`${error.errorType}: ${error.errorMessage}`, ...error.trace.slice(1)].join("\n"))
      return { error }
    }
    const initMs = sandbox.initMs
    sandbox.initMs = undefined
    const stream = sandbox.logStream!
    this.syncClock()
    const { invocations } = this.cloud().calls
    invocations.begin(id, spec, version)
    const at = this.cloud().now()
    for (const line of linesBefore(spec, id, version, at)) this.say(spec, stream, id, line)
    const ending = limited(await sandbox.invoke(id, event, invokedArn, traceOf(origin?.trace, spec.arn, id, this.cloud().now())))
    invocations.end(id, spec, this.cloud().now(), ending, initMs)
    this.traces.add(spec, { requestId: id, at, durationMs: ending.durationMs, failed: ending.error !== undefined })
    this.pool.release(sandbox)
    const wasKilled = sandbox.gone
    if (ending.error && wasKilled) this.tell(spec, id, "ERROR", `${ending.error.errorType}: ${ending.error.errorMessage}`)
    const after = linesAfter(spec, id, { ...ending, initMs, wasKilled }, this.cloud().now())
    for (const line of after) this.say(spec, stream, id, line)
    this.tell(spec, id, "REPORT", reportText(spec, ending, initMs))
    return ending
  }

  private start({ spec, version }: Target, key: string, { bootstrap, source }: Placed): Sandbox {
    const now = new Date(this.cloud().now()).toISOString()
    const logStream = `${now.slice(0, 10).replaceAll("-", "/")}/[${version}]${randomBytes(16).toString("hex")}`
    const sandbox = new Sandbox({
      key,
      bootstrap,
      ...source,
      env: environmentOf(spec, version, logStream, source.file, this.cloud()),
      clock: this.clock,
      function: { name: spec.name, version, memoryMb: spec.memoryMb, logGroup: spec.logGroup, logStream },
      timeoutMs: spec.timeoutMs,
      sourceMaps: spec.environment.NODE_OPTIONS?.includes("--enable-source-maps") ?? false,
      onLine: (line) => {
        this.cloud().log(spec.name, line.text)
        const written = groupLine(spec, line)
        this.logs.add(spec, logStream, line.at, written)
        this.tails.add(line.id, written)
        this.tell(spec, line.id, levelOf(line.level, line.text), line.text, line.at)
      },
    })
    return Object.assign(sandbox, { logStream })
  }

  private say(spec: FunctionSpec, logStream: string, requestId: string, line: string): void {
    const cloud = this.cloud()
    this.tails.add(requestId, line)
    cloud.log(spec.name, line)
    this.logs.add(spec, logStream, cloud.now(), line)
  }

  private tell(spec: FunctionSpec, requestId: string, level: Line["level"], text: string, at = this.cloud().now()): void {
    this.lines.add({ at, function: spec.name, requestId, level, text: mapped(text, this.root) })
  }

  /** A digest of what a worker is started with besides its code. */
  private configOf(spec: FunctionSpec): string {
    const known = this.configs.get(spec)
    if (known) return known
    const { environment, timeoutMs, memoryMb, logGroup, logFormat, systemLogLevel, entry } = spec
    const made = hash(JSON.stringify([environment, timeoutMs, memoryMb, logGroup, logFormat, systemLogLevel, entry]))
    this.configs.set(spec, made)
    return made
  }

  /** Inline code of a template is written beside the bundles. */
  private async placeOf(spec: FunctionSpec, bundle: Bundle): Promise<Placed> {
    const { handler, inline, entry } = spec
    const config = this.configOf(spec)
    if (handler) {
      const source = bundle.handler(handler)
      return { bootstrap: bundle.bootstrap, source, digest: `${digestOf(source.file)}-${source.exportName}-${config}` }
    }
    const text = inline!
    const extension = /^\s*(import|export)\s/m.test(text) ? "mjs" : "cjs"
    const dir = join(this.inlineDir, hash(text))
    const file = join(dir, `index.${extension}`)
    await mkdir(dir, { recursive: true })
    await writeFile(file, text)
    const source = { file, exportName: entry.split(".").at(-1)! }
    return { bootstrap: bundle.bootstrap, source, digest: `${hash(text)}-${source.exportName}-${config}` }
  }

  /** Tells the workers how far ahead the cloud's clock is. */
  private syncClock(): void {
    const ahead = this.cloud().now() - Date.now()
    new Float64Array(this.clock)[0] = Math.abs(ahead) < SKEW_MS ? 0 : ahead
  }
}

function limited(ending: Ending): Ending {
  if (ending.payload === undefined || !isOver(ending.payload, MAX_RESPONSE_BYTES)) return ending
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`
  return { ...ending, payload: undefined, error: { errorType: "Function.ResponseSizeTooLarge", errorMessage, trace: [] } }
}

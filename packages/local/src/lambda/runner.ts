import { createHash, randomBytes, randomUUID } from "node:crypto"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { AwsError, type Cloud } from "../service.ts"
import type { Bundle } from "./bundle.ts"
import { Concurrency } from "./concurrency.ts"
import { environmentOf } from "./environment.ts"
import type { FunctionSpec } from "./function.ts"
import type { HandlerSource } from "./handler-source.ts"
import { endLine, groupLine, reportLine, startLine } from "./log-lines.ts"
import { LogSink } from "./logs.ts"
import { Pool, type PoolOptions } from "./pool.ts"
import type { FunctionError } from "./protocol.ts"
import type { Registry, Target } from "./registry.ts"
import { type Ending, Sandbox } from "./sandbox.ts"
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

const isOver = (text: string, limit: number): boolean => text.length > limit / 3 && Buffer.byteLength(text) > limit

/** Runs invocations: limits, a worker thread, logs. */
export class Runner {
  readonly pool: Pool
  readonly concurrency: Concurrency
  readonly logs: LogSink
  readonly traces: TraceSink
  private readonly clock = new SharedArrayBuffer(8)

  constructor(
    private readonly registry: Registry,
    private readonly cloud: () => Cloud,
    private readonly bundle: Promise<Bundle>,
    private readonly inlineDir: string,
    pool: PoolOptions,
  ) {
    this.pool = new Pool(pool)
    this.concurrency = new Concurrency(() => registry.all())
    this.logs = new LogSink(cloud)
    this.traces = new TraceSink(cloud)
  }

  /** Runs `event` (JSON text) and waits. Throws AwsError for what Lambda refuses before the handler runs. */
  async run(reference: string, event: string, requestId: string = randomUUID()): Promise<Ran> {
    const target = this.registry.resolve(reference)
    if (isOver(event, MAX_PAYLOAD_BYTES))
      throw new AwsError(
        "RequestTooLargeException",
        `Request must be smaller than ${MAX_PAYLOAD_BYTES} bytes for the InvokeFunction operation`,
        413,
        { Type: "User" },
      )
    this.concurrency.enter(target.spec)
    try {
      return { requestId, version: target.version, ...(await this.inSandbox(target, event, requestId)) }
    } finally {
      this.concurrency.leave(target.spec)
    }
  }

  private async inSandbox(target: Target, event: string, id: string): Promise<{ payload?: string; error?: FunctionError }> {
    const { spec, version, invokedArn } = target
    const { bootstrap, source } = await this.code(spec)
    const key = `${spec.name}:${version}`
    let sandbox: Sandbox & { logStream?: string }
    try {
      sandbox = await this.pool.acquire(key, () => this.start(target, bootstrap, source))
    } catch (thrown) {
      if (thrown instanceof Error) throw thrown
      const error = thrown as FunctionError
      this.cloud().log(spec.name, `${error.errorType}: ${error.errorMessage}`)
      return { error }
    }
    const initMs = sandbox.initMs
    sandbox.initMs = undefined
    const stream = sandbox.logStream!
    this.syncClock()
    this.say(spec, stream, startLine(id, version))
    const at = this.cloud().now()
    const ending = limited(await sandbox.invoke(id, event, invokedArn))
    this.traces.add(spec, { requestId: id, at, durationMs: ending.durationMs, failed: ending.error !== undefined })
    this.pool.release(sandbox)
    if (ending.error && sandbox.gone) this.say(spec, stream, `${ending.error.errorType}: ${ending.error.errorMessage}`)
    this.say(spec, stream, endLine(id))
    this.say(spec, stream, reportLine(id, spec, ending, initMs))
    return ending
  }

  private start({ spec, version }: Target, bootstrap: string, source: HandlerSource): Sandbox {
    const now = new Date(this.cloud().now()).toISOString()
    const logStream = `${now.slice(0, 10).replaceAll("-", "/")}/[${version}]${randomBytes(16).toString("hex")}`
    const sandbox = new Sandbox({
      key: `${spec.name}:${version}`,
      bootstrap,
      ...source,
      env: environmentOf(spec, version, logStream, source.file, this.cloud()),
      clock: this.clock,
      function: { name: spec.name, version, memoryMb: spec.memoryMb, logGroup: spec.logGroup, logStream },
      timeoutMs: spec.timeoutMs,
      sourceMaps: spec.environment.NODE_OPTIONS?.includes("--enable-source-maps") ?? false,
      onLine: (line) => {
        this.cloud().log(spec.name, line.text)
        this.logs.add(spec, logStream, line.at, groupLine(spec, line))
      },
    })
    return Object.assign(sandbox, { logStream })
  }

  private say(spec: FunctionSpec, logStream: string, line: string): void {
    const cloud = this.cloud()
    cloud.log(spec.name, line)
    this.logs.add(spec, logStream, cloud.now(), line)
  }

  /** Where a function's code lies; inline code of a template is written beside the bundles. */
  private async code({ handler, inline, entry }: FunctionSpec): Promise<{ bootstrap: string; source: HandlerSource }> {
    const bundle = await this.bundle
    if (handler) return { bootstrap: bundle.bootstrap, source: bundle.handler(handler) }
    const text = inline!
    const extension = /^\s*(import|export)\s/m.test(text) ? "mjs" : "cjs"
    const dir = join(this.inlineDir, createHash("sha1").update(text).digest("hex").slice(0, 12))
    const file = join(dir, `index.${extension}`)
    await mkdir(dir, { recursive: true })
    await writeFile(file, text)
    return { bootstrap: bundle.bootstrap, source: { file, exportName: entry.split(".").at(-1)! } }
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

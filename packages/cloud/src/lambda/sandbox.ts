import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads"
import { deadline } from "./deadline.ts"
import { debugging } from "./debugger.ts"
import type { Boot, FunctionError, Invocation, Report } from "./protocol.ts"

export interface SandboxOptions {
  /** Sandboxes of the same key are interchangeable: one version of one function. */
  key: string
  bootstrap: string
  file: string
  exportName: string
  env: Record<string, string>
  clock: SharedArrayBuffer
  function: Boot["function"]
  timeoutMs: number
  /** A template's `NODE_OPTIONS=--enable-source-maps` */
  sourceMaps: boolean
  onLine(line: Extract<Report, { kind: "line" }>): void
}

/** How an invocation ended. `payload` is JSON text. */
export interface Ending {
  payload?: string
  error?: FunctionError
  durationMs: number
  heapMb: number
}

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib: then the invocation's own time counts */
const INIT_MS = 10_000
/** Young generation of a worker; V8's default of 48 MB would be most of what a small handler takes. */
const YOUNG_MB = 16

const exitError = (id: string, reason: string): FunctionError => ({
  errorType: "Runtime.ExitError",
  errorMessage: `RequestId: ${id} Error: Runtime exited ${reason}`,
  trace: [],
})

/** One worker thread of one function: starts, runs one invocation at a time, and ends when it times out, crashes or is killed. */
export class Sandbox {
  readonly key: string
  /** Resolves when the handler is loaded; rejects with a FunctionError when it cannot be. */
  readonly ready: Promise<void>
  /** When the handler was loaded. */
  readyAt = 0
  /** Milliseconds that loading took, once. */
  initMs: number | undefined
  idleSince = performance.now()
  gone = false
  onGone: () => void = () => {}
  private readonly startedAt = performance.now()
  private readonly worker: Worker
  private readonly port: MessagePort
  private readonly gate = new SharedArrayBuffer(4)
  private current: { id: string; at: number; paused: number; callOff(): void; settle(ending: Ending): void } | undefined
  private failure: Error | undefined
  private loaded!: { resolve(): void; reject(error: FunctionError): void }
  private readonly callOffInit: () => void
  private readonly threadId: number

  constructor(private readonly options: SandboxOptions) {
    this.key = options.key
    const { port1, port2 } = new MessageChannel()
    this.port = port1
    const paused = new SharedArrayBuffer(8)
    const boot: Boot = {
      port: port2,
      gate: this.gate,
      clock: options.clock,
      paused,
      file: options.file,
      exportName: options.exportName,
      function: options.function,
    }
    this.worker = new Worker(options.bootstrap, {
      name: options.function.name,
      workerData: boot,
      transferList: [port2],
      env: options.env,
      execArgv: options.sourceMaps ? ["--enable-source-maps"] : [],
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(options.function.memoryMb * 0.9), maxYoungGenerationSizeMb: YOUNG_MB },
    })
    this.ready = new Promise((resolve, reject) => (this.loaded = { resolve, reject }))
    this.ready.catch(() => {})
    const initMs = INIT_MS + options.timeoutMs
    this.threadId = this.worker.threadId
    debugging()?.watch(this.threadId, (ms) => (new Float64Array(paused)[0] = ms))
    const errorMessage = `Init timed out after ${(initMs / 1000).toFixed(2)} seconds`
    this.callOffInit = deadline(initMs, this.pausedMs, () => this.end({ errorType: "Sandbox.Timedout", errorMessage, trace: [] }))
    this.port.on("message", (report: Report) => this.take(report))
    this.worker.on("error", (error) => (this.failure = error))
    this.worker.on("exit", (code) => this.exited(code))
  }

  /** Runs one event; never rejects. */
  invoke(id: string, event: string, arn: string, trace: string): Promise<Ending> {
    const { timeoutMs } = this.options
    return new Promise((settle) => {
      const callOff = deadline(timeoutMs, this.pausedMs, () => this.timeOut(id))
      this.current = { id, at: performance.now(), paused: this.pausedMs(), callOff, settle }
      this.worker.ref()
      const invocation: Invocation = { id, event, arn, trace, timeLeftMs: timeoutMs }
      this.port.postMessage(invocation)
      const gate = new Int32Array(this.gate)
      Atomics.add(gate, 0, 1)
      Atomics.notify(gate, 0)
    })
  }

  /** Ends the thread at once; an invocation in it fails as a crash. */
  kill(): void {
    this.end(exitError(this.current?.id ?? "", "with error: signal: killed"))
  }

  private timeOut(id: string): void {
    const seconds = (this.options.timeoutMs / 1000).toFixed(2)
    this.end({
      errorType: "Sandbox.Timedout",
      errorMessage: `${new Date().toISOString()} ${id} Task timed out after ${seconds} seconds`,
      trace: [],
    })
  }

  private take(report: Report): void {
    switch (report.kind) {
      case "line":
        return this.options.onLine(report)
      case "ready":
        this.callOffInit()
        this.readyAt = performance.now()
        this.initMs = this.readyAt - this.startedAt
        this.worker.unref()
        return this.loaded.resolve()
      case "unusable":
        return this.end(report.error)
      case "result":
        if (report.id === this.current?.id) this.settle({ payload: report.payload, heapMb: report.heapMb })
        return
      case "error":
        if (report.id !== this.current?.id) return
        if (report.fatal) this.retire()
        this.settle({ error: report.error, heapMb: report.heapMb })
    }
  }

  private settle(ending: Omit<Ending, "durationMs">): void {
    const { current } = this
    if (!current) return
    this.current = undefined
    current.callOff()
    this.idleSince = performance.now()
    if (!this.gone) this.worker.unref()
    current.settle({ ...ending, durationMs: this.idleSince - current.at - (this.pausedMs() - current.paused) })
  }

  private end(error: FunctionError): void {
    this.retire()
    this.loaded.reject(error)
    this.settle({ error, heapMb: 0 })
  }

  private exited(code: number): void {
    // What the thread posted before it ended is still in the port.
    for (let received = receiveMessageOnPort(this.port); received; received = receiveMessageOnPort(this.port))
      this.take(received.message)
    const id = this.current?.id ?? ""
    const isOutOfMemory = (this.failure as NodeJS.ErrnoException | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY"
    if (isOutOfMemory) this.end(exitError(id, "with error: signal: killed"))
    else if (this.failure) this.end({ errorType: this.failure.name, errorMessage: this.failure.message, trace: [] })
    else this.end(exitError(id, code === 0 ? "without providing a reason" : `with error: exit status ${code}`))
    debugging()?.forget(this.threadId)
    this.port.close()
  }

  /** Milliseconds this thread stood at breakpoints. */
  private readonly pausedMs = (): number => debugging()?.of(this.threadId) ?? 0

  private retire(): void {
    if (this.gone) return
    this.gone = true
    this.callOffInit()
    void this.worker.terminate()
    this.onGone()
  }
}

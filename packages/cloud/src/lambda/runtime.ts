import { join } from "node:path"
import type { Caller, Cloud, InvokeResult, Lambda, Service } from "../service.ts"
import type { Streams } from "../services/kinesis/index.ts"
import { AsyncInvocations } from "./async.ts"
import { Code } from "./code.ts"
import { pausedMs } from "./debugger.ts"
import { credentialsOf } from "./function.ts"
import { Lines } from "./lines.ts"
import { Registry } from "./registry.ts"
import { Runner } from "./runner.ts"
import { invokeApi } from "./service.ts"
import { CustomResources, customResourceTypes } from "./sources/custom-resource.ts"
import { Sources } from "./sources/index.ts"
import { lambdaTypes } from "./types.ts"

export interface LambdaOptions {
  /** The repository: handler names start from here, bundles go to `.backline/bundles` in it. */
  root: string
  /** `<stack name>/<logical id>` → `packages/functions/src/http/health.handler` */
  handlers: Readonly<Record<string, string>>
  streams: Streams
  /** Where what functions write is kept for people. */
  lines?: Lines
  /** Another folder for bundles. */
  bundles?: string
  minify?: boolean
  /** Worker threads at once, busy or idle; further invocations wait. Lambda's own limit of 1,000 counts separately. Default 16. */
  maxWorkers?: number
  /** Milliseconds an idle worker is kept. Default 60,000. */
  idleMs?: number
}

/** The Lambda service of one local cloud. */
export interface LocalLambda extends Lambda {
  /** Plugin for functions, versions, aliases, permissions, event source mappings, custom resources and the Invoke API. */
  service: Service
  /** Resolves when the handlers are bundled; rejects with what does not bundle. */
  ready: Promise<unknown>
  code: Code
  /** The handlers of newer templates: functions that are provisioned from now on take theirs from here. */
  useHandlers(handlers: Readonly<Record<string, string>>): void
  /** Idle workers end whose function has other code or settings now, busy ones after their invocation. Returns the functions that changed since the last time. */
  retireStale(): Promise<string[]>
  /** As `invoke`, with JSON text in and out. */
  invokeText(function_: string, event: string): Promise<{ requestId: string; payload?: string; error?: InvokeResult["error"] }>
  /** Accepts an event without waiting: up to two repetitions, then the failure destination. Returns the request id. */
  invokeAsync(function_: string, event: unknown): string
  /** The function whose access key this is. */
  callerOf(accessKeyId: string): Caller | undefined
  /** Starts the pollers of all event source mappings that have none yet. Rejects where a role may not read its source. */
  startSources(): Promise<void>
  /** Ends all workers of a function at once; what runs in them fails as a crash. Returns how many there were. */
  kill(functionName: string): number
  /** Ends the pollers of the event source mappings whose id, function or source contains `part`; others go on where they were. Returns how many there were. */
  killPollers(part: string): number
  /** Invocations under way by function, workers, source positions. */
  state(): unknown
  stop(): Promise<void>
}

export function createLambda(options: LambdaOptions): LocalLambda {
  let started: Cloud | undefined
  const cloud = (): Cloud => {
    if (started) return started
    throw new Error("Start the lambda service before its functions are used.")
  }
  const out = options.bundles ?? join(options.root, ".backline/bundles")
  const handlers: Record<string, string> = { ...options.handlers }
  const code = new Code({ root: options.root, out, handlers: [...new Set(Object.values(handlers))], minify: options.minify })

  const registry = new Registry(cloud)
  const pool = { max: options.maxWorkers ?? 16, idleMs: options.idleMs ?? 60_000, idlePerKey: 2 }
  const runner = new Runner(registry, cloud, code, options.lines ?? new Lines(), options.root, join(out, "inline"), pool)
  const flush = () => Promise.all([runner.logs.flush(), runner.traces.flush()])
  const async = new AsyncInvocations(registry, runner, cloud)
  const custom = new CustomResources(runner)
  const sources = new Sources({ cloud, registry, runner, streams: options.streams })

  const errorOf = (error: { errorType: string; errorMessage: string; trace: string[] } | undefined): InvokeResult["error"] =>
    error && { errorType: error.errorType, errorMessage: error.errorMessage, stackTrace: error.trace }

  const lambda: LocalLambda = {
    ready: code.ready,
    code,
    useHandlers(next) {
      for (const id of Object.keys(handlers)) delete handlers[id]
      Object.assign(handlers, next)
    },
    retireStale: () => runner.retireStale(),
    pausedMs,
    service: {
      names: ["lambda"],
      protocol: "rest-json",
      types: { ...lambdaTypes({ registry, async, sources, handlers, flush }), ...customResourceTypes(custom) },
      async start(running) {
        started = running
        async.open(running.data)
      },
      ready: () => async.resume(),
      ...invokeApi({ registry, runner, async }),
      state: () => lambda.state(),
      stop: () => lambda.stop(),
    },
    async invoke(function_, event, source) {
      const origin = source === undefined ? undefined : { source }
      const { payload, error, requestId } = await runner.run(function_, JSON.stringify(event) ?? "null", undefined, origin)
      return { payload: payload === undefined ? undefined : JSON.parse(payload), error: errorOf(error), requestId }
    },
    async invokeText(function_, event) {
      const { payload, error, requestId } = await runner.run(function_, event)
      return { payload, error: errorOf(error), requestId }
    },
    invokeAsync: (function_, event) => async.accept(function_, JSON.stringify(event) ?? "null"),
    credentials: (functionName) => credentialsOf(cloud(), functionName),
    callerOf: (accessKeyId) => registry.caller(accessKeyId),
    startSources: () => sources.start(),
    kill: (functionName) => runner.pool.kill((key) => key.startsWith(`${functionName}:`)),
    killPollers: (part) => sources.kill(part),
    state: () => ({
      running: runner.concurrency.state(),
      ...runner.pool.state(),
      asynchronous: async.state(),
      sources: sources.state(),
    }),
    async stop() {
      sources.stop()
      async.stop()
      await custom.stop()
      await Promise.race([flush(), new Promise((resolve) => setTimeout(resolve, 1_000).unref())])
      runner.pool.stop()
      await code.stop()
    },
  }
  return lambda
}

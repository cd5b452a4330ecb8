import { join } from "node:path"
import type { Caller, Cloud, InvokeResult, Lambda, Service } from "../service.ts"
import type { Streams } from "../services/kinesis/index.ts"
import { AsyncInvocations } from "./async.ts"
import { bundle } from "./bundle.ts"
import { credentialsOf } from "./function.ts"
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
  /** As `invoke`, with JSON text in and out. */
  invokeText(function_: string, event: string): Promise<{ requestId: string; payload?: string; error?: InvokeResult["error"] }>
  /** Accepts an event without waiting: up to two repetitions, then the failure destination. Returns the request id. */
  invokeAsync(function_: string, event: unknown): string
  /** The function whose access key this is. */
  callerOf(accessKeyId: string): Caller | undefined
  /** Starts the pollers of all event source mappings. Rejects where a role may not read its source. */
  startSources(): Promise<void>
  /** Ends all workers of a function at once; what runs in them fails as a crash. Returns how many there were. */
  kill(functionName: string): number
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
  const bundled = bundle({
    root: options.root,
    out,
    handlers: [...new Set(Object.values(options.handlers))],
    minify: options.minify,
  })
  bundled.catch(() => {}) // Whoever awaits `ready` or invokes gets the error.

  const registry = new Registry(cloud)
  const pool = { max: options.maxWorkers ?? 16, idleMs: options.idleMs ?? 60_000, idlePerKey: 2 }
  const runner = new Runner(registry, cloud, bundled, join(out, "inline"), pool)
  const async = new AsyncInvocations(registry, runner, cloud)
  const custom = new CustomResources(runner)
  const sources = new Sources({ cloud, registry, runner, streams: options.streams })

  const errorOf = (error: { errorType: string; errorMessage: string; trace: string[] } | undefined): InvokeResult["error"] =>
    error && { errorType: error.errorType, errorMessage: error.errorMessage, stackTrace: error.trace }

  const lambda: LocalLambda = {
    ready: bundled,
    service: {
      names: ["lambda"],
      protocol: "rest-json",
      types: { ...lambdaTypes({ registry, async, handlers: options.handlers }), ...customResourceTypes(custom) },
      start: async (running) => void (started = running),
      ...invokeApi({ registry, runner, async }),
      state: () => lambda.state(),
      stop: () => lambda.stop(),
    },
    async invoke(function_, event) {
      const { payload, error, requestId } = await runner.run(function_, JSON.stringify(event) ?? "null")
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
      await Promise.race([
        Promise.all([runner.logs.flush(), runner.traces.flush()]),
        new Promise((resolve) => setTimeout(resolve, 1_000).unref()),
      ])
      runner.pool.stop()
    },
  }
  return lambda
}

import { getHeapStatistics } from "node:v8"
import { pathToFileURL } from "node:url"
import { receiveMessageOnPort, workerData } from "node:worker_threads"
import type { Boot, FunctionError, Invocation, Report } from "./protocol.ts"
import { installClock } from "./worker-clock.ts"
import { installConsole } from "./worker-console.ts"
import { contextOf, type Handler } from "./worker-context.ts"
import { functionError, loadError, unhandledRejection } from "./worker-error.ts"

/*
 * Runs inside a worker thread: loads one handler, then takes invocations one at a time. Between two of them the thread sleeps in
 * Atomics.wait, so timers, sockets and unfinished promises stand still as in a frozen Lambda environment, and go on with the next event.
 */
const boot = workerData as Boot
const gate = new Int32Array(boot.gate)
const post = (report: Report): void => boot.port.postMessage(report)

let current: Invocation | undefined
let finish: ((payload: unknown) => void) | undefined

const syncClock = installClock(boot.clock)
installConsole((level, text) => post({ kind: "line", id: current?.id ?? "", at: Date.now(), level, text }))

const heapMb = (): number => {
  const { total_heap_size, external_memory } = getHeapStatistics()
  return Math.ceil((total_heap_size + external_memory) / 1_048_576)
}

/** Sleeps until there is an event. Nothing else of this thread runs meanwhile. */
function next(): Invocation {
  for (;;) {
    const posted = Atomics.load(gate, 0)
    const received = receiveMessageOnPort(boot.port)
    if (received) return received.message
    Atomics.wait(gate, 0, posted)
  }
}

function fail(error: FunctionError, fatal: boolean): void {
  console.error("Invoke Error", JSON.stringify(error))
  post({ kind: "error", id: current!.id, error, fatal, heapMb: heapMb() })
}

/** What escapes the handler ends the environment, as on Lambda; before the first event it makes the function unusable. */
function crash(error: FunctionError, exitCode: number): void {
  if (current) fail(error, true)
  else post({ kind: "unusable", error })
  process.exit(exitCode)
}
process.on("uncaughtException", (thrown) => crash(functionError(thrown), 129))
process.on("unhandledRejection", (reason) => crash(unhandledRejection(reason), 128))
/** Nothing is left to do and the handler has not settled: Lambda answers null. */
process.on("beforeExit", () => finish?.(null))

async function load(): Promise<Handler> {
  try {
    const module = await import(pathToFileURL(boot.file).href)
    const handler = module[boot.exportName] ?? module.default?.[boot.exportName]
    if (typeof handler === "function") return handler
    throw Object.assign(new Error(`${boot.exportName} is undefined or not exported`), { name: "Runtime.HandlerNotFound" })
  } catch (thrown) {
    post({ kind: "unusable", error: loadError(thrown) })
    process.exit(1)
  }
}

/** One invocation to its end: the handler's promise, its callback, or an empty event loop. */
const run = (handler: Handler, invocation: Invocation): Promise<unknown> =>
  new Promise((resolve, reject) => {
    finish = resolve
    const deadline = performance.now() + invocation.timeLeftMs
    let waitsForEmptyLoop = true
    const context = contextOf(boot, invocation, deadline, (waits) => (waitsForEmptyLoop = waits))
    const callback = (error: unknown, payload: unknown) => {
      if (error !== undefined && error !== null) reject(error)
      else if (waitsForEmptyLoop) finish = () => resolve(payload)
      else resolve(payload)
    }
    const returned = handler(JSON.parse(invocation.event), context, callback)
    // Not resolve(returned): a promise that never settles would leave nothing for beforeExit to settle.
    if (typeof (returned as PromiseLike<unknown> | undefined)?.then === "function")
      (returned as PromiseLike<unknown>).then(resolve, reject)
  })

async function main(): Promise<void> {
  const handler = await load()
  post({ kind: "ready" })
  for (;;) {
    current = next()
    process.env._X_AMZN_TRACE_ID = current.trace
    syncClock()
    // One turn of the event loop: what the thaw brought (closed sockets, due timers) is seen before the event is.
    await new Promise(setImmediate)
    try {
      const payload = serialize(await run(handler, current))
      post({ kind: "result", id: current.id, payload, heapMb: heapMb() })
    } catch (thrown) {
      fail(functionError(thrown), false)
    }
    finish = undefined
  }
}

function serialize(payload: unknown): string {
  try {
    return JSON.stringify(payload) ?? "null"
  } catch (cause) {
    throw Object.assign(new Error(`Unable to stringify response body: ${String(cause)}`, { cause }), {
      name: "Runtime.MarshalError",
    })
  }
}

void main()

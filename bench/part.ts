import { AsyncLocalStorage } from "node:async_hooks"
import type { ChildProcess } from "node:child_process"

/** One thing that is measured, and the processes it cannot be measured without. */
class Part {
  readonly children = new Set<ChildProcess>()
  fail!: (error: Error) => void
  readonly failed = new Promise<never>((_, reject) => (this.fail = reject))
}

const current = new AsyncLocalStorage<Part>()
const running = new Set<Part>()

const spoken = (ms: number): string => (ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`)

/**
 * Does a part of a benchmark, or rejects with the reason: as soon as a process ends that it needs, and at the latest after its limit. What it started and
 * did not end is killed then. Work that nobody waits for any more may go on failing, but tells nobody.
 */
export async function part<T>(name: string, limitMs: number, work: () => Promise<T>): Promise<T> {
  const own = new Part()
  running.add(own)
  const timer = setTimeout(() => own.fail(new Error(`${name} was not done after ${spoken(limitMs)}, its limit.`)), limitMs)
  const worked = current.run(own, work)
  worked.catch(() => undefined)
  own.failed.catch(() => undefined)
  try {
    return await Promise.race([worked, own.failed])
  } finally {
    clearTimeout(timer)
    running.delete(own)
    for (const child of own.children) child.kill("SIGKILL")
  }
}

/** The part that runs cannot do without this process. Gives what to call before it is told to end. */
export function needs(child: ChildProcess, name: string, said: () => string = () => ""): () => void {
  const own = current.getStore()
  if (!own) return () => undefined
  own.children.add(child)
  const ended = (code: number | null, signal: NodeJS.Signals | null) => {
    own.children.delete(child)
    own.fail(new Error(`${name} ended by itself (${signal ?? `code ${code}`}). It said:\n${said().trim().slice(-2_000)}`))
  }
  child.once("exit", ended)
  return () => {
    child.off("exit", ended)
    child.once("exit", () => own.children.delete(child))
  }
}

/** Errors that reach nobody, as of sockets whose server is gone, are the reason why what runs cannot be measured, and none to say nothing of the rest. */
export function catchStray(): void {
  const told = (thrown: unknown) => {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    if (running.size === 0) console.error(`After a part was over: ${error.message}`)
    for (const each of running) each.fail(error)
  }
  process.on("uncaughtException", told)
  process.on("unhandledRejection", told)
}

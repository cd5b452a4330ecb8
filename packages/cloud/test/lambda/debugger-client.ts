import { once } from "node:events"
import { readFileSync } from "node:fs"
import { SourceMap } from "node:module"
import { dirname, resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { WebSocket } from "ws"

interface Script {
  session: string
  url: string
  sourceMapURL?: string
}

/** What an editor does: attaches to the worker threads of a process, sets breakpoints in sources, and lets threads go on. */
export class DebuggerClient {
  readonly scripts: Script[] = []
  private id = 0
  private readonly waiting = new Map<number, (message: any) => void>()
  private readonly pauses: ((frame: { session: string; functionName: string; url: string; line: number }) => void)[] = []

  private constructor(private readonly socket: WebSocket) {
    socket.on("message", (data) => this.take(JSON.parse(data.toString())))
  }

  static async connect(url: string): Promise<DebuggerClient> {
    const socket = new WebSocket(url)
    await once(socket, "open")
    const client = new DebuggerClient(socket)
    await client.send("NodeWorker.enable", { waitForDebuggerOnStart: true })
    return client
  }

  /** Sets a breakpoint on the line of a source (`http/handler.ts`) that contains `text`, in every thread that has loaded it. */
  async breakAt(source: string, text: string, patienceMs = 5_000): Promise<{ file: string; line: number }> {
    for (const script of this.scripts.toReversed()) {
      const found = script.sourceMapURL && positionOf(script, source, text)
      if (!found) continue
      const { breakpointId } = await this.inWorker(script.session, "Debugger.setBreakpointByUrl", {
        url: script.url,
        lineNumber: found.generated,
      })
      if (breakpointId) return { file: found.file, line: found.line }
    }
    // What a thread has loaded is told a moment later.
    if (patienceMs <= 0) throw new Error(`None of ${this.scripts.length} scripts was made from ${source}.`)
    await sleep(50)
    return this.breakAt(source, text, patienceMs - 50)
  }

  paused(): Promise<{ session: string; functionName: string; url: string; line: number }> {
    return new Promise((resolve) => this.pauses.push(resolve))
  }

  resume(session: string): Promise<unknown> {
    return this.inWorker(session, "Debugger.resume")
  }

  close(): void {
    this.socket.terminate()
  }

  private send(method: string, params: object = {}): Promise<any> {
    const id = ++this.id
    this.socket.send(JSON.stringify({ id, method, params }))
    return new Promise((resolve) => this.waiting.set(id, resolve))
  }

  private inWorker(sessionId: string, method: string, params: object = {}): Promise<any> {
    const id = ++this.id
    void this.send("NodeWorker.sendMessageToWorker", { sessionId, message: JSON.stringify({ id, method, params }) })
    return new Promise((resolve) => this.waiting.set(id, resolve))
  }

  private take({ id, result, method, params }: any): void {
    if (id !== undefined) this.waiting.get(id)?.(result)
    if (method === "NodeWorker.attachedToWorker") void this.attached(params.sessionId)
    if (method !== "NodeWorker.receivedMessageFromWorker") return
    const message = JSON.parse(params.message)
    if (message.id !== undefined) this.waiting.get(message.id)?.(message.result ?? {})
    if (message.method === "Debugger.scriptParsed") this.scripts.push({ session: params.sessionId, ...message.params })
    if (message.method !== "Debugger.paused") return
    // A thread that waited for its debugger stops before its first line; editors go on at once.
    if (message.params.reason === "Break on start") return void this.resume(params.sessionId)
    const [frame] = message.params.callFrames
    const { functionName, url, location } = frame
    this.pauses.shift()?.({ session: params.sessionId, functionName, url, line: location.lineNumber })
  }

  private async attached(session: string): Promise<void> {
    await this.inWorker(session, "Debugger.enable")
    await this.inWorker(session, "Runtime.runIfWaitingForDebugger")
  }
}

function positionOf({ url, sourceMapURL }: Script, source: string, text: string) {
  const file = fileURLToPath(url)
  const payload = JSON.parse(readFileSync(resolve(dirname(file), sourceMapURL!), "utf8"))
  const name = (payload.sources as string[]).find((each) => each.endsWith(source))
  if (!name) return undefined
  const original = resolve(dirname(file), name)
  const line = readFileSync(original, "utf8")
    .split("\n")
    .findIndex((each) => each.includes(text))
  const map = new SourceMap(payload)
  const generated = readFileSync(file, "utf8")
    .split("\n")
    .findIndex((each, index) => {
      const entry = map.findEntry(index, each.search(/\S/))
      return "originalSource" in entry && entry.originalSource === name && entry.originalLine === line
    })
  return generated < 0 || line < 0 ? undefined : { file: original, line: line + 1, generated }
}

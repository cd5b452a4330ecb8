import type { Answer } from "../conversation/table.ts"
import type { EventBody, Receipt, Terminal, ToolCall } from "../run/event.ts"
import { append, finish, type Lease } from "../run/lease.ts"
import { outbox } from "../run/outbox.ts"

/** Writes a run's events one after the other, first to the log, then to the owner's sockets, and keeps what the answer will be stored with. */
export class Transcript {
  private readonly answer: Answer = { text: "", state: "done" }
  private readonly tools = new Map<string, ToolCall>()
  private readonly receipts: (Receipt & { id: string })[] = []
  private readonly posts: ReturnType<typeof outbox>
  private chain: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly lease: Lease,
    post: (userId: string, frame: object) => Promise<unknown>,
  ) {
    this.posts = outbox(lease.run, post)
  }

  /** Tools run side by side; their events still get one offset after the other. */
  private write(body: EventBody): Promise<void> {
    const written = this.chain.then(async () => this.posts.send(await append(this.lease, body)))
    this.chain = written.catch(() => undefined)
    return written
  }

  async text(text: string): Promise<void> {
    this.answer.text += text
    await this.write({ kind: "text", text })
  }

  /** The attempt before this one left text: readers forget it. */
  reset = (): Promise<void> => this.write({ kind: "text", text: "", reset: true })

  async event(body: Exclude<EventBody, { kind: "text" } | Terminal>): Promise<void> {
    if (body.kind === "tool") {
      const { kind: _, ...tool } = body
      this.tools.set(tool.id, tool)
    } else if (body.kind === "receipt") this.receipts.push({ id: body.id, ...body.receipt })
    else {
      const { kind: _, ...usage } = body
      this.answer.usage = usage
    }
    await this.write(body)
  }

  async end(terminal: Terminal): Promise<void> {
    await this.chain
    this.answer.state = terminal.kind
    if (terminal.kind === "error") this.answer.error = { code: terminal.code, message: terminal.message }
    // Nobody will hear of these again.
    const ended = [...this.tools.values()].map((tool) =>
      tool.state === "running" ? { ...tool, state: "error" as const, message: "interrupted" } : tool,
    )
    if (ended.length > 0) this.answer.tools = ended
    if (this.receipts.length > 0) this.answer.receipts = this.receipts
    this.posts.send(await finish(this.lease, terminal, this.answer))
  }

  drain = (): Promise<void> => this.posts.drain()
}

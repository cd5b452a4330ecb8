import type { Answer } from "../conversation/table.ts"
import type { Receipt, RunEvent, Terminal, ToolCall, Usage } from "./event.ts"
import { log } from "./read.ts"

/** What a log says, folded as every reader folds it: the answer is stored with this, so that what is stored is what was sent. */
export class Said {
  text = ""
  private tools = new Map<string, ToolCall>()
  private receipts: (Receipt & { id: string })[] = []
  private usage: Usage | undefined

  /** What a run has said up to an offset. */
  static async before(runId: string, offset: number): Promise<Said> {
    const said = new Said()
    for (let after: number | undefined = 0; after !== undefined && after < offset;) {
      const page: Awaited<ReturnType<typeof log>> = await log(runId, after)
      page.events.forEach((event) => said.take(event))
      after = page.next
    }
    return said
  }

  take(event: RunEvent): void {
    if (event.kind === "text") {
      if (event.reset) this.forget()
      this.text += event.text
    } else if (event.kind === "tool") {
      const { kind: _kind, offset: _offset, ...tool } = event
      this.tools.set(tool.id, tool)
    } else if (event.kind === "receipt") this.receipts.push({ id: event.id, ...event.receipt })
    else if (event.kind === "usage") {
      const { inputTokens, outputTokens, priceMicroUsd } = event
      this.usage = { inputTokens, outputTokens, priceMicroUsd }
    }
  }

  /** An attempt before this one died: nothing of it is part of the answer. */
  private forget(): void {
    this.text = ""
    this.tools = new Map()
    this.receipts = []
  }

  /** The end of what was said so far: an error leaves an incomplete answer where there is any. */
  ends(terminal: Terminal): Terminal {
    return terminal.kind === "error" && this.text.trim() !== "" ? { ...terminal, incomplete: true } : terminal
  }

  /** As it is stored with its end. Of tools that were still running nobody will hear again. */
  answer(terminal: Terminal): Answer {
    const tools = [...this.tools.values()].filter(({ state }) => state !== "running")
    return {
      text: this.text,
      state: terminal.kind,
      ...(terminal.kind === "error" && endingOf(terminal)),
      ...(tools.length > 0 && { tools }),
      ...(this.receipts.length > 0 && { receipts: this.receipts }),
      ...(this.usage && { usage: this.usage }),
    }
  }
}

const endingOf = ({ kind: _kind, incomplete, ...error }: Extract<Terminal, { kind: "error" }>) => ({
  error,
  ...(incomplete && { incomplete }),
})

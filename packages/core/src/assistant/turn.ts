import type { ContentBlock, ConverseStreamOutput, TokenUsage } from "@aws-sdk/client-bedrock-runtime"
import type { DocumentType } from "@smithy/types"
import { type Call, inputOf } from "./tools/execute.ts"

type Block = { kind: "text"; text: string } | ({ kind: "tool" } & Call)

/** What one turn of the model has said so far, put together from its stream. */
export class Turn {
  private readonly blocks = new Map<number, Block>()
  /** Set by messageStop; a turn without it was cut. */
  stopReason: string | undefined
  usage: Pick<TokenUsage, "inputTokens" | "outputTokens"> = { inputTokens: 0, outputTokens: 0 }
  /** The model that a prompt router chose, where one did. */
  invokedModelId: string | undefined

  constructor(private readonly onText: (text: string) => void) {}

  take(event: ConverseStreamOutput): void {
    if (event.contentBlockStart) {
      const { contentBlockIndex = 0, start } = event.contentBlockStart
      const use = start?.toolUse
      if (use) this.blocks.set(contentBlockIndex, { kind: "tool", id: use.toolUseId ?? "", name: use.name ?? "", json: "" })
    } else if (event.contentBlockDelta) {
      const { contentBlockIndex = 0, delta } = event.contentBlockDelta
      if (delta?.text !== undefined) this.addText(contentBlockIndex, delta.text)
      else if (delta?.toolUse) this.addInput(contentBlockIndex, delta.toolUse.input ?? "")
    } else if (event.messageStop) {
      this.stopReason = event.messageStop.stopReason ?? "end_turn"
    } else if (event.metadata) {
      const { usage, trace } = event.metadata
      this.usage = { inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0 }
      this.invokedModelId = trace?.promptRouter?.invokedModelId
    } else {
      // The SDK throws what the service models as an exception; a member that carries an error anyway must not pass as silence.
      const [error] = Object.values(event).filter((member) => member instanceof Error)
      if (error) throw error
    }
  }

  private addText(index: number, text: string): void {
    const block = this.blocks.get(index)
    if (block?.kind === "text") block.text += text
    else this.blocks.set(index, { kind: "text", text })
    if (text !== "") this.onText(text)
  }

  private addInput(index: number, json: string): void {
    const block = this.blocks.get(index)
    if (block?.kind === "tool") block.json += json
  }

  private get ordered(): Block[] {
    return [...this.blocks].sort(([a], [b]) => a - b).map(([, block]) => block)
  }

  get calls(): Call[] {
    return this.ordered.filter((block) => block.kind === "tool")
  }

  /** The turn as the next request repeats it. Blank text is refused there, and an unreadable input becomes an empty one: the tool's error says so. */
  get content(): ContentBlock[] {
    return this.ordered.flatMap((block): ContentBlock[] => {
      if (block.kind === "text") return block.text.trim() === "" ? [] : [{ text: block.text }]
      return [{ toolUse: { toolUseId: block.id, name: block.name, input: (inputOf(block) ?? {}) as DocumentType } }]
    })
  }
}

import type { ContentBlock, ConverseStreamOutput, TokenUsage } from "@aws-sdk/client-bedrock-runtime"
import type { DocumentType } from "@smithy/types"
import { storable, storableText } from "../run/storable.ts"
import { INPUT_CHARACTERS, TURN_CHARACTERS } from "./limits.ts"
import { tooLong } from "./failure.ts"
import { type Call, inputOf } from "./tools/execute.ts"

type Block = { kind: "text"; text: string } | ({ kind: "tool" } & Call)

const textOf = (value: unknown): string => (typeof value === "string" ? value : "")

/** What one turn of the model has said so far, put together from its stream. */
export class Turn {
  private readonly blocks: Block[] = []
  /** The block that a number of the stream means right now. */
  private readonly open = new Map<number, Block>()
  private characters = 0
  /** Set by messageStop; a turn without it was cut. What follows is only figures. */
  stopReason: string | undefined
  usage: Pick<TokenUsage, "inputTokens" | "outputTokens"> = { inputTokens: 0, outputTokens: 0 }
  /** The model that a prompt router chose, where one did. */
  invokedModelId: string | undefined

  constructor(
    private readonly onText: (text: string) => void,
    /** Ids of tool calls that the answer has already: some servers number them afresh in each turn. */
    private readonly taken = new Set<string>(),
  ) {}

  /** Takes an event, and says whether it carried anything: one without a word is silence. Throws `limit.length`. */
  take(event: ConverseStreamOutput): boolean {
    if (event.metadata) {
      const { usage, trace } = event.metadata
      this.usage = { inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0 }
      this.invokedModelId = trace?.promptRouter?.invokedModelId
      return true
    }
    if (this.stopReason !== undefined) return false
    if (event.contentBlockStart) {
      const { contentBlockIndex = 0, start } = event.contentBlockStart
      if (start?.toolUse) this.begin(contentBlockIndex, textOf(start.toolUse.toolUseId), textOf(start.toolUse.name))
    } else if (event.contentBlockDelta) {
      const { contentBlockIndex = 0, delta } = event.contentBlockDelta
      const text = textOf(delta?.text)
      const input = textOf(delta?.toolUse?.input)
      if (text !== "") this.addText(contentBlockIndex, text)
      if (input !== "") this.addInput(contentBlockIndex, input)
      return text !== "" || input !== "" || delta?.reasoningContent !== undefined
    } else if (event.messageStop) {
      this.stopReason = textOf(event.messageStop.stopReason) || "none"
    } else {
      // The SDK throws what the service models as an exception; a member that carries an error anyway must not pass as silence.
      const [error] = Object.values(event).filter((member) => member instanceof Error)
      if (error) throw error
    }
    return true
  }

  private count(characters: number): void {
    this.characters += characters
    if (this.characters > TURN_CHARACTERS) throw tooLong()
  }

  private add(index: number, block: Block): void {
    this.blocks.push(block)
    this.open.set(index, block)
  }

  /** Id and name as the next request may repeat them: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html */
  private begin(index: number, given: string, name: string): void {
    this.count(given.length + name.length + 100)
    const start = given.slice(0, 64).replace(/[^a-zA-Z0-9_-]/g, "_")
    let id = start
    for (let n = this.taken.size + 1; id === "" || this.taken.has(id); n++) id = `${start.slice(0, 50) || "tool"}_${n}`
    this.taken.add(id)
    this.add(index, { kind: "tool", id, name: name.slice(0, 64).replace(/[^a-zA-Z0-9_-]/g, "_") || "unnamed", json: "" })
  }

  private addText(index: number, text: string): void {
    const block = this.open.get(index)
    if (block?.kind === "text") block.text += text
    else this.add(index, { kind: "text", text })
    this.onText(text)
  }

  /** An input that is longer than any of ours stays cut, which is no JSON. */
  private addInput(index: number, json: string): void {
    this.count(json.length)
    const block = this.open.get(index)
    if (block?.kind !== "tool" || block.isCut) return
    block.json += json
    if (block.json.length <= INPUT_CHARACTERS) return
    block.json = ""
    block.isCut = true
  }

  get calls(): Call[] {
    return this.blocks.filter((block) => block.kind === "tool")
  }

  /** The turn as the next request repeats it. Blank text is refused there, and an unreadable input becomes an empty one: the tool's error says so. */
  get content(): ContentBlock[] {
    return this.blocks.flatMap((block): ContentBlock[] => {
      if (block.kind === "text") return block.text.trim() === "" ? [] : [{ text: storableText(block.text) }]
      return [{ toolUse: { toolUseId: block.id, name: block.name, input: storable(inputOf(block) ?? {}) as DocumentType } }]
    })
  }
}

/** The part of Converse that is simulated: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */

export interface ToolUse {
  toolUseId: string
  name: string
  input: unknown
}

export interface ToolResult {
  toolUseId: string
  status?: "success" | "error"
  content: { text?: string; json?: unknown }[]
}

export interface Block {
  text?: string
  toolUse?: ToolUse
  toolResult?: ToolResult
}

export interface Message {
  role: "user" | "assistant"
  content: Block[]
}

export interface ToolSpec {
  name: string
  description?: string
  inputSchema: { json: unknown }
}

export interface ConverseRequest {
  messages: Message[]
  system?: { text?: string }[]
  toolConfig?: { tools: { toolSpec?: ToolSpec }[]; toolChoice?: { auto?: object; any?: object; tool?: { name: string } } }
  inferenceConfig?: { maxTokens?: number; temperature?: number; topP?: number; stopSequences?: string[] }
}

/** `end_turn`, `tool_use`, `max_tokens`, `stop_sequence`, `content_filtered`; a server of one's own may give any other. */
export type StopReason = string

/** What a model says, piece by piece. `input` pieces are parts of the last tool's JSON; `stop` comes last but for `usage`. */
export type Piece =
  | { type: "text"; text: string }
  | { type: "tool"; id: string; name: string }
  | { type: "input"; json: string }
  | { type: "stop"; reason: StopReason }
  | { type: "usage"; inputTokens: number; outputTokens: number }

/** Answers a request that was found valid. `name` is the model that really answered, whatever id was asked for. */
export interface Model {
  name: string
  answer(request: ConverseRequest, signal: AbortSignal): AsyncIterable<Piece>
}

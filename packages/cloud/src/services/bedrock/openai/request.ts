import type { Block, ConverseRequest, Message, ToolResult } from "../request.ts"

/** A message of /chat/completions: https://platform.openai.com/docs/api-reference/chat/create */
type ChatMessage =
  | { role: "system" | "user"; content: string }
  | {
      role: "assistant"
      content: string | null
      tool_calls?: { id: string; type: "function"; function: { name: string; arguments: string } }[]
    }
  | { role: "tool"; tool_call_id: string; content: string }

const textOf = (content: Block[]): string => content.flatMap(({ text }) => text ?? []).join("\n\n")

const resultText = ({ status, content }: ToolResult): string => {
  const text = content.map(({ text: plain, json }) => plain ?? JSON.stringify(json)).join("\n")
  return status === "error" ? `Error: ${text}` : text
}

/** Results of tools are messages of their own there, and stand before what the user says next. */
function chatMessages({ role, content }: Message): ChatMessage[] {
  const text = textOf(content)
  if (role === "user")
    return [
      ...content.flatMap(({ toolResult }): ChatMessage[] =>
        toolResult ? [{ role: "tool", tool_call_id: toolResult.toolUseId, content: resultText(toolResult) }] : [],
      ),
      ...(text ? [{ role: "user" as const, content: text }] : []),
    ]
  const calls = content.flatMap(({ toolUse }) =>
    toolUse
      ? [
          {
            id: toolUse.toolUseId,
            type: "function" as const,
            function: { name: toolUse.name, arguments: JSON.stringify(toolUse.input) },
          },
        ]
      : [],
  )
  return [{ role: "assistant", content: text || null, ...(calls.length > 0 && { tool_calls: calls }) }]
}

function choiceOf(choice: NonNullable<ConverseRequest["toolConfig"]>["toolChoice"]) {
  if (choice?.tool) return { type: "function", function: { name: choice.tool.name } }
  return choice?.any ? "required" : "auto"
}

/** A Converse request as an OpenAI-compatible server reads it, answered as a stream with usage at its end. */
export function chatRequest(model: string, { messages, system, toolConfig, inferenceConfig }: ConverseRequest) {
  const instructions = (system ?? []).flatMap(({ text }) => text ?? []).join("\n\n")
  const tools = toolConfig?.tools.flatMap(({ toolSpec }) =>
    toolSpec
      ? [
          {
            type: "function",
            function: { name: toolSpec.name, description: toolSpec.description, parameters: toolSpec.inputSchema.json },
          },
        ]
      : [],
  )
  return {
    model,
    stream: true,
    stream_options: { include_usage: true },
    messages: [...(instructions ? [{ role: "system" as const, content: instructions }] : []), ...messages.flatMap(chatMessages)],
    ...(tools && tools.length > 0 && { tools, tool_choice: choiceOf(toolConfig?.toolChoice) }),
    max_tokens: inferenceConfig?.maxTokens,
    temperature: inferenceConfig?.temperature,
    top_p: inferenceConfig?.topP,
    stop: inferenceConfig?.stopSequences,
  }
}

import type { ConverseRequest, Message, ToolResult } from "@backline/cloud/services/bedrock/request"
import type { Call, Result } from "./ask.ts"

/** What the planner needs of a request: it knows nothing else. */
export interface Conversation {
  /** What the person asked, oldest first; the last one is to be answered. */
  questions: string[]
  /** Calls made for the last question, with their results. */
  made: { call: Call; result: Result }[]
  tools: string[]
  today: string
  /** Whether the planner has said what it is. */
  introduced: boolean
}

export const SIGNATURE = "offline planner"

const isQuestion = ({ role, content }: Message): boolean => role === "user" && content.some(({ text }) => text !== undefined)

function resultOf({ status, content }: ToolResult): Result {
  const [first] = content
  const none = { rows: [], rowCount: 0, truncated: false }
  if (status === "error") return { ...none, error: content.map(({ text, json }) => text ?? JSON.stringify(json)).join(" ") }
  const value = (first?.json ?? parsed(first?.text)) as Partial<Result> | undefined
  if (!Array.isArray(value?.rows)) return { ...none, error: "The tool answered without rows." }
  return { rows: value.rows, rowCount: value.rowCount ?? value.rows.length, truncated: value.truncated ?? false }
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "")
  } catch {
    return undefined
  }
}

/** Reads a request. Text inside tool results is never read as anything but rows. */
export function conversationOf({ messages, system, toolConfig }: ConverseRequest): Conversation {
  const last = messages.findLastIndex(isQuestion)
  const since = messages.slice(last + 1)
  const results = new Map(
    since.flatMap(({ content }) =>
      content.flatMap(({ toolResult }) => (toolResult ? [[toolResult.toolUseId, toolResult] as const] : [])),
    ),
  )
  const made = since.flatMap(({ content }) =>
    content.flatMap(({ toolUse }) => {
      const result = toolUse && results.get(toolUse.toolUseId)
      return toolUse && result
        ? [{ call: { tool: toolUse.name, input: toolUse.input as Record<string, unknown> }, result: resultOf(result) }]
        : []
    }),
  )
  const instructions = (system ?? []).map(({ text }) => text ?? "").join("\n")
  return {
    // A person may have sent several messages before an answer came: each is a question of its own.
    questions: messages.filter(isQuestion).flatMap(({ content }) => content.flatMap(({ text }) => text ?? [])),
    made,
    tools: toolConfig?.tools.flatMap(({ toolSpec }) => toolSpec?.name ?? []) ?? [],
    today: /\btoday is (\d{4}-\d\d-\d\d)/i.exec(instructions)?.[1] ?? new Date(0).toISOString().slice(0, 10),
    introduced: messages.some(
      ({ role, content }) => role === "assistant" && content.some(({ text }) => text?.includes(SIGNATURE)),
    ),
  }
}

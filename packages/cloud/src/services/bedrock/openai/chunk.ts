/** What servers send in `content`: text, or a list of parts of which some are text. */
type Content = string | readonly unknown[] | object | null | undefined

interface Said {
  content?: Content
  tool_calls?: { index?: number; id?: unknown; function?: { name?: unknown; arguments?: unknown } }[] | null
}

/** A chunk of /chat/completions, or its answer in one piece: then `message` stands where a chunk has `delta`. */
export interface Chunk {
  choices?: { delta?: Said | null; message?: Said | null; finish_reason?: string | null }[]
  usage?: { prompt_tokens?: number; completion_tokens?: number } | null
  error?: { message?: string; code?: unknown; status?: unknown; type?: unknown } | string | null
}

/** Kinds of parts whose text is the answer. `thinking`, `reasoning`, `reference` and what is to come are not. */
const TEXTS = new Set(["text", "output_text"])

/** The text of a content, of its parts of text alone. */
export function textOf(content: Content): string {
  if (typeof content === "string") return content
  if (Array.isArray(content)) return content.map(textOf).join("")
  if (typeof content !== "object" || content === null) return ""
  const { type = "text", text } = content as { type?: unknown; text?: Content | { value?: Content } }
  if (!TEXTS.has(String(type))) return ""
  return typeof text === "object" && text !== null && "value" in text ? textOf(text.value) : textOf(text as Content)
}

/** The input of a tool as text of JSON; some servers send the value itself. */
export const jsonOf = (given: unknown): string => {
  if (typeof given === "string") return given
  return given === undefined || given === null ? "" : JSON.stringify(given)
}

export const nameOf = (given: unknown): string => (typeof given === "string" ? given : "")

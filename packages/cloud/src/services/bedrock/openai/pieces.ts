import { randomUUID } from "node:crypto"
import { AwsError } from "../../../service.ts"
import type { Piece, StopReason } from "../request.ts"
import { refusalOf } from "./failure.ts"

interface Chunk {
  choices?: {
    delta?: {
      content?: string | null
      tool_calls?: { index?: number; id?: string; function?: { name?: string; arguments?: string } }[]
    }
    finish_reason?: string | null
  }[]
  usage?: { prompt_tokens?: number; completion_tokens?: number } | null
  error?: { message?: string; code?: unknown }
}

interface Call {
  id: string
  name: string
  json: string
}

const cut = () =>
  new AwsError("ModelStreamErrorException", "The model server's stream ended before the answer was complete.", 424)

function stopReason(finish: string, calls: number): StopReason {
  if (finish === "length") return "max_tokens"
  if (finish === "content_filter") return "content_filtered"
  // Some servers finish with "stop" although they ask for tools.
  return calls > 0 ? "tool_use" : "end_turn"
}

function parse(data: string): Chunk {
  try {
    return JSON.parse(data) as Chunk
  } catch {
    throw new AwsError("ModelStreamErrorException", "The model server sent an event that is not JSON.", 424)
  }
}

/** About four characters of English are a token; used where a server counts nothing. */
const roughly = (characters: number): number => Math.ceil(characters / 4)

/** Chunks of /chat/completions as pieces. Tool calls are gathered, since servers may interleave them, and told before the end. */
export async function* piecesOf(chunks: AsyncIterable<string>, promptCharacters: number): AsyncGenerator<Piece> {
  const calls = new Map<number, Call>()
  let finish: string | undefined
  let usage: Chunk["usage"]
  let characters = 0
  for await (const data of chunks) {
    const chunk = parse(data)
    if (chunk.error) throw refusalOf(typeof chunk.error.code === "number" ? chunk.error.code : 500, JSON.stringify(chunk))
    usage = chunk.usage ?? usage
    const choice = chunk.choices?.[0]
    const text = choice?.delta?.content
    if (text) {
      characters += text.length
      yield { type: "text", text }
    }
    for (const { index = calls.size, id, function: part } of choice?.delta?.tool_calls ?? []) {
      const call = calls.get(index) ?? { id: id ?? `tooluse_${randomUUID()}`, name: "", json: "" }
      call.name += part?.name ?? ""
      call.json += part?.arguments ?? ""
      calls.set(index, call)
    }
    finish = choice?.finish_reason ?? finish
  }
  if (!finish) throw cut()
  for (const [, { id, name, json }] of [...calls].sort(([a], [b]) => a - b)) {
    characters += json.length
    yield { type: "tool", id: id.replace(/[^a-zA-Z0-9_.:-]/g, "_").slice(0, 64), name }
    yield { type: "input", json }
  }
  yield { type: "stop", reason: stopReason(finish, calls.size) }
  yield {
    type: "usage",
    inputTokens: usage?.prompt_tokens ?? roughly(promptCharacters),
    outputTokens: usage?.completion_tokens ?? roughly(characters),
  }
}

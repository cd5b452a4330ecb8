import { randomUUID } from "node:crypto"
import { AwsError } from "../../../service.ts"
import type { Piece, StopReason } from "../request.ts"
import { type Chunk, jsonOf, nameOf, textOf } from "./chunk.ts"
import { refusalOf, statusOf } from "./failure.ts"

interface Call {
  id: string
  name: string
  json: string
}

const cut = () =>
  new AwsError("ModelStreamErrorException", "The model server's stream ended before the answer was complete.", 424)

/** Reasons of servers besides those of OpenAI (Mistral, Text Generation Inference, llama.cpp), by what they mean. */
const ENDED = new Set(["stop", "tool_calls", "function_call", "eos", "eos_token", "stop_sequence", "end_turn"])
const TOO_LONG = new Set(["length", "model_length", "max_tokens"])

/** What is not known is passed on as it is: nobody can say that it means a whole answer. */
function stopReason(finish: string, calls: number): StopReason {
  if (TOO_LONG.has(finish)) return "max_tokens"
  if (finish === "content_filter") return "content_filtered"
  if (!ENDED.has(finish)) return finish
  // Some servers finish with "stop" although they ask for tools.
  return calls > 0 ? "tool_use" : "end_turn"
}

function parse(data: string): Chunk {
  try {
    const chunk: unknown = JSON.parse(data)
    if (typeof chunk === "object" && chunk !== null) return chunk as Chunk
    throw new TypeError("no object")
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
    if (chunk.error) throw refusalOf(statusOf(typeof chunk.error === "string" ? {} : chunk.error), data)
    usage = chunk.usage ?? usage
    const choice = chunk.choices?.[0]
    const said = choice?.delta ?? choice?.message
    const text = textOf(said?.content)
    if (text !== "") {
      characters += text.length
      yield { type: "text", text }
    }
    for (const { index = calls.size, id, function: part } of said?.tool_calls ?? []) {
      const call = calls.get(index) ?? { id: nameOf(id) || `tooluse_${randomUUID()}`, name: "", json: "" }
      call.name += nameOf(part?.name)
      call.json += jsonOf(part?.arguments)
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

import { AwsError } from "../../service.ts"
import { eventFrame, exceptionFrame } from "./frames.ts"
import type { Piece, StopReason } from "./request.ts"

interface Call {
  pieces: AsyncIterable<Piece>
  /** Model that really answers. */
  model: string
  /** Milliseconds since the request came in. */
  elapsed(): number
  /** Entry of the call log, filled as tokens are known. */
  units: Record<string, number>
}

/** What a stream begins with is awaited before the response is: a request that is refused has a status of its own, not a frame. */
export async function begun(pieces: AsyncIterable<Piece>): Promise<AsyncIterable<Piece>> {
  const iterator = pieces[Symbol.asyncIterator]()
  const first = await iterator.next()
  return (async function* () {
    try {
      if (!first.done) yield first.value
      while (true) {
        const { done, value } = await iterator.next()
        if (done) return
        yield value
      }
    } finally {
      await iterator.return?.()
    }
  })()
}

const metadataOf = ({ model, elapsed, units }: Call, inputTokens: number, outputTokens: number) => {
  Object.assign(units, { inputTokens, outputTokens })
  return {
    usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    metrics: { latencyMs: Math.round(elapsed()) },
    // As a prompt router would say it: the id in the request is not the model that answered, and its price does not apply.
    trace: { promptRouter: { invokedModelId: model } },
  }
}

/** Pieces as frames of an event stream, blocks numbered from 0. An error in the middle becomes an exception frame. */
export async function* streamed(call: Call): AsyncGenerator<Uint8Array> {
  let index = -1
  let open: "text" | "tool" | undefined
  const close = () => {
    if (!open) return []
    open = undefined
    return [eventFrame("contentBlockStop", { contentBlockIndex: index })]
  }
  try {
    yield eventFrame("messageStart", { role: "assistant" })
    for await (const piece of call.pieces) {
      if (piece.type === "text") {
        if (open !== "text") {
          yield* close()
          index += 1
          open = "text"
        }
        yield eventFrame("contentBlockDelta", { contentBlockIndex: index, delta: { text: piece.text } })
      } else if (piece.type === "tool") {
        yield* close()
        index += 1
        open = "tool"
        yield eventFrame("contentBlockStart", {
          contentBlockIndex: index,
          start: { toolUse: { toolUseId: piece.id, name: piece.name } },
        })
      } else if (piece.type === "input") {
        yield eventFrame("contentBlockDelta", { contentBlockIndex: index, delta: { toolUse: { input: piece.json } } })
      } else if (piece.type === "stop") {
        yield* close()
        yield eventFrame("messageStop", { stopReason: piece.reason })
      } else yield eventFrame("metadata", metadataOf(call, piece.inputTokens, piece.outputTokens))
    }
  } catch (thrown) {
    yield exceptionFrame(thrown)
  }
}

type Content = { text: string } | { toolUse: { toolUseId: string; name: string; input: unknown } }

/** Pieces as the one answer of Converse. */
export async function whole(call: Call): Promise<object> {
  const blocks: ({ text: string } | { id: string; name: string; json: string })[] = []
  let stopReason: StopReason | undefined
  let metadata: object = metadataOf(call, 0, 0)
  for await (const piece of call.pieces) {
    const last = blocks.at(-1)
    if (piece.type === "text") {
      if (last && "text" in last) last.text += piece.text
      else blocks.push({ text: piece.text })
    } else if (piece.type === "tool") blocks.push({ id: piece.id, name: piece.name, json: "" })
    else if (piece.type === "input") {
      if (last && "json" in last) last.json += piece.json
    } else if (piece.type === "stop") stopReason = piece.reason
    else metadata = metadataOf(call, piece.inputTokens, piece.outputTokens)
  }
  if (!stopReason) throw new AwsError("ModelErrorException", "The model's answer ended before it was complete.", 424)
  const content = blocks.map((block): Content =>
    "text" in block ? block : { toolUse: { toolUseId: block.id, name: block.name, input: inputOf(block.json) } },
  )
  return { output: { message: { role: "assistant", content } }, stopReason, ...metadata }
}

function inputOf(json: string): unknown {
  try {
    return JSON.parse(json || "{}")
  } catch {
    throw new AwsError("ModelErrorException", "The model produced a tool input that is not JSON.", 424)
  }
}

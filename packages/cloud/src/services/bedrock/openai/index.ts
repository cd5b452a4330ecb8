import { AwsError } from "../../../service.ts"
import type { ConverseRequest, Model, Piece } from "../request.ts"
import { events } from "./events.ts"
import { brokenLine, refusalOf } from "./failure.ts"
import { piecesOf } from "./pieces.ts"
import { chatRequest } from "./request.ts"

interface Environment {
  /** `http://127.0.0.1:11434/v1`: everything before `/chat/completions`. */
  BACKLINE_MODEL_URL?: string
  BACKLINE_MODEL_KEY?: string
  BACKLINE_MODEL_NAME?: string
}

/** Longest silence of the server, first token included, where the one who asks is more patient. */
const SILENCE_MS = 60_000

/** A model behind an OpenAI-compatible server (Ollama, llama.cpp, vLLM, OpenAI), or undefined where none is named. */
export function openAi(environment: Environment, silenceMs = SILENCE_MS): Model | undefined {
  const { BACKLINE_MODEL_URL, BACKLINE_MODEL_KEY, BACKLINE_MODEL_NAME = "default" } = environment
  if (!BACKLINE_MODEL_URL) return undefined
  if (!URL.canParse(BACKLINE_MODEL_URL))
    throw new Error(`BACKLINE_MODEL_URL is not a URL: give something like http://127.0.0.1:11434/v1.`)
  const url = `${BACKLINE_MODEL_URL.replace(/\/+$/, "").replace(/\/chat\/completions$/, "")}/chat/completions`

  async function* answer(request: ConverseRequest, signal: AbortSignal): AsyncGenerator<Piece> {
    const silence = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const heard = () => {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), silenceMs)
    }
    const body = JSON.stringify(chatRequest(BACKLINE_MODEL_NAME, request))
    try {
      heard()
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(BACKLINE_MODEL_KEY && { authorization: `Bearer ${BACKLINE_MODEL_KEY}` }),
        },
        body,
        signal: AbortSignal.any([signal, silence.signal]),
      })
      if (!response.ok || !response.body)
        throw refusalOf(response.status, await response.text(), response.headers.get("retry-after"))
      for await (const piece of piecesOf(events(response.body), body.length)) {
        heard()
        yield piece
      }
    } catch (thrown) {
      if (silence.signal.aborted)
        throw new AwsError("ModelTimeoutException", `The model server was silent for ${silenceMs / 1000} s.`, 408)
      throw brokenLine(thrown, url)
    } finally {
      clearTimeout(timer)
    }
  }

  return { name: BACKLINE_MODEL_NAME, answer }
}

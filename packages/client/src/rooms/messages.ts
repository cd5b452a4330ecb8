import type { RoomMessage } from "../wire.ts"
import type { RoomEvent } from "./view.ts"

interface Listened {
  onEvent(listener: (event: RoomEvent) => void): () => void
  enter(): void
  leave(): void
}

/** A room's messages from now on, in order and each once, until `signal` ends it. */
export async function* messagesOf(room: Listened, signal?: AbortSignal): AsyncGenerator<RoomMessage> {
  const ready: RoomMessage[] = []
  let wake: (() => void) | undefined
  const end = room.onEvent((event) => event.type === "message" && (ready.push(event.message), wake?.()))
  signal?.addEventListener("abort", () => wake?.(), { once: true })
  room.enter()
  try {
    while (!signal?.aborted) {
      const next = ready.shift()
      if (next) yield next
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    end()
    room.leave()
  }
}

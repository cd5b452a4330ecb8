import { type Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness"
import { fromBase64, toBase64 } from "./base64.ts"

interface Options {
  awareness: Awareness
  send(state: unknown): void
  random: () => number
}

type Changes = Record<"added" | "updated" | "removed", number[]>

/** Cursors move faster than anyone reads. */
const EVERY_MS = 80
const HELLO_MS = 400

/** Tells others where this person is, and hears where they are. Nothing of it is kept by the service. */
export function createCursors({ awareness, send, random }: Options) {
  const own = awareness.clientID
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastSaid = 0
  let open = false

  function say(withinMs: number): void {
    if (!open) return
    timer ??= setTimeout(() => {
      timer = undefined
      lastSaid = Date.now()
      if (awareness.getLocalState()) send({ update: toBase64(encodeAwarenessUpdate(awareness, [own])) })
    }, withinMs)
  }

  const onUpdate = ({ added, updated }: Changes, origin: unknown) => {
    if (added.includes(own) || updated.includes(own)) say(Math.max(0, lastSaid + EVERY_MS - Date.now()))
    // Someone new has not heard of this person: what was said before they came is gone.
    else if (origin === cursors && added.length > 0) say(random() * HELLO_MS)
  }
  awareness.on("update", onUpdate)

  const cursors = {
    resume(): void {
      open = true
      say(0)
    },
    pause(): void {
      open = false
      clearTimeout(timer)
      timer = undefined
    },
    /** Takes what another said; what makes no sense is dropped, since it comes from another client. */
    hear(state: unknown): void {
      const { update } = (state ?? {}) as { update?: unknown }
      if (typeof update !== "string") return
      try {
        applyAwarenessUpdate(awareness, fromBase64(update), cursors)
      } catch {
        // Not worth a word: the next one comes within seconds.
      }
    },
    close(): void {
      if (open && awareness.getLocalState()) {
        removeAwarenessStates(awareness, [own], "left")
        send({ update: toBase64(encodeAwarenessUpdate(awareness, [own])) })
      }
      cursors.pause()
      awareness.off("update", onUpdate)
    },
  }
  return cursors
}

import type { Socket } from "./socket/index.ts"
import type { Notice } from "./wire.ts"

/** A notice comes again within minutes if at all. */
const KEPT = 200

/** Tells each notice once, however often it comes and over however many connections. Gives what ends it. */
export function watchNotices(socket: Pick<Socket, "onFrame">, tell: (notice: Notice) => void): () => void {
  const known = new Set<string>()
  return socket.onFrame(({ type, ...frame }) => {
    const { id, text } = frame
    if (type !== "notice" || typeof id !== "string" || typeof text !== "string" || known.has(id)) return
    known.add(id)
    if (known.size > KEPT) known.delete([...known][0]!)
    tell(frame as unknown as Notice)
  })
}

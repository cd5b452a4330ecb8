import type { RoomHandle } from "@backline/client"
import { useEffect, useState } from "react"

/** A burst is one announcement. */
const COLLECT_MS = 1_200

/** Speaks what others say while the room is open; the list itself is silent, since it also draws what was scrolled to. */
export function NewsAnnouncer({ room, me }: { room: RoomHandle; me: string | undefined }) {
  const [said, setSaid] = useState("")
  useEffect(() => {
    let news: string[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const opened = Date.now()
    const stop = room.onEvent((event) => {
      if (event.type !== "message" || event.message.user.id === me || event.message.at < opened) return
      news.push(`${event.message.user.name}: ${event.message.text}`)
      timer ??= setTimeout(() => {
        timer = undefined
        setSaid(news.length > 3 ? `${news.length} new messages. ${news.at(-1)}` : news.join(". "))
        news = []
      }, COLLECT_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [room, me])
  return (
    <div className="sr-only" role="status" aria-live="polite">
      {said}
    </div>
  )
}

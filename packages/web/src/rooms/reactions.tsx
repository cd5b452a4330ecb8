import { type Member, type RoomHandle, type RoomMessage, toApiError } from "@backline/client"
import { toast } from "../ui/toast.tsx"

/** Fixed, so that they are one key away; any other emoji that others used can be joined. */
export const EMOJI = ["👍", "❤️", "🎉", "😄", "👀", "✅"]

/** Adds or takes back a reaction. */
export function react(room: RoomHandle, message: RoomMessage, emoji: string, me: string | undefined): void {
  const on = !message.reactions?.[emoji]?.includes(me ?? "")
  room.react(message.seq, emoji, on).catch((error: unknown) => toast(toApiError(error).message))
}

interface Props {
  room: RoomHandle
  message: RoomMessage
  me: string | undefined
  members: readonly Member[]
}

export function ReactionList({ room, message, me, members }: Props) {
  const all = Object.entries(message.reactions ?? {}).filter(([, users]) => users.length > 0)
  if (all.length === 0) return null
  const nameOf = (id: string) => (id === me ? "you" : (members.find((member) => member.id === id)?.name ?? "somebody"))
  return (
    <div className="reactions">
      {all.map(([emoji, users]) => {
        const mine = me !== undefined && users.includes(me)
        const who = users.slice(0, 8).map(nameOf).join(", ")
        return (
          <button
            key={emoji}
            type="button"
            className="reaction tabular"
            data-testid="reaction"
            aria-pressed={mine}
            aria-label={`${emoji} ${users.length}: ${who}`}
            title={who}
            onClick={() => react(room, message, emoji, me)}
          >
            <span aria-hidden>{emoji}</span> {users.length}
          </button>
        )
      })}
    </div>
  )
}

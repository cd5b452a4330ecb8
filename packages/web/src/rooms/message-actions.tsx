import type { RoomHandle, RoomMessage } from "@backline/client"
import { Copy, Pencil, SmilePlus } from "lucide-react"
import { DropdownMenu } from "radix-ui"
import { toast } from "../ui/toast.tsx"
import { EMOJI, react } from "./reactions.tsx"

interface Props {
  room: RoomHandle
  message: RoomMessage
  me: string | undefined
  /** Given for one's own message. */
  onEdit?: () => void
}

/** What one may do with a message; shows at the pointer and for the keyboard. */
export function MessageActions({ room, message, me, onEdit }: Props) {
  return (
    <div className="message-actions">
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger
          className="icon-button"
          data-testid="react"
          aria-label={`React to ${message.user.name}`}
          title="React"
        >
          <SmilePlus size={15} aria-hidden />
        </DropdownMenu.Trigger>
        <DropdownMenu.Content className="menu emoji-menu" align="end" sideOffset={4}>
          {EMOJI.map((emoji) => (
            <DropdownMenu.Item key={emoji} className="emoji" onSelect={() => react(room, message, emoji, me)}>
              {emoji}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Root>
      {onEdit && (
        <button
          type="button"
          className="icon-button"
          data-testid="edit"
          aria-label="Edit your message"
          title="Edit"
          onClick={onEdit}
        >
          <Pencil size={14} aria-hidden />
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label="Copy the text"
        title="Copy"
        onClick={() =>
          void navigator.clipboard.writeText(message.text).then(
            () => toast("The text is on the clipboard."),
            () => toast("The browser did not allow copying. Select the text and copy it by hand."),
          )
        }
      >
        <Copy size={14} aria-hidden />
      </button>
    </div>
  )
}

import type { Member } from "@backline/client"
import { Cable, MessageCircle, MoreHorizontal } from "lucide-react"
import { DropdownMenu } from "radix-ui"
import { formatAgo } from "../format/time.ts"

interface Props {
  member: Member
  isMe: boolean
  isHere: boolean
  inCall: boolean
  now: number
  /** Opens a room of two. */
  onTalk?: () => void
  /** Shows their connections, to administrators. */
  onConnections?: () => void
}

/** One person of a room: whether they are here, else when they were. */
export function MemberRow({ member: { name, number, role, seenAt }, isMe, isHere, inCall, now, onTalk, onConnections }: Props) {
  return (
    <li className="member" data-testid="member" data-here={isHere || undefined}>
      <span className="avatar" data-mine={isMe || undefined} aria-hidden>
        {name.charAt(0).toUpperCase()}
      </span>
      <span className="member-name">
        <bdi>{name}</bdi>
        <small className="tabular">
          {isMe ? "you" : `#${number}`}
          {role === "owner" && " · owner"}
          {inCall && " · in the call"}
          {!isHere && seenAt !== undefined && <span data-testid="seen"> · seen {formatAgo(seenAt, now)}</span>}
        </small>
      </span>
      {onTalk && !onConnections && (
        <button
          type="button"
          className="icon-button member-talk"
          aria-label={`Write to ${name} alone`}
          title="Write to them alone"
          onClick={onTalk}
        >
          <MessageCircle size={15} aria-hidden />
        </button>
      )}
      {onConnections && (
        <DropdownMenu.Root modal={false}>
          <DropdownMenu.Trigger className="icon-button member-talk" data-testid="member-menu" aria-label={`More for ${name}`}>
            <MoreHorizontal size={15} aria-hidden />
          </DropdownMenu.Trigger>
          <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
            {onTalk && (
              <DropdownMenu.Item className="menu-item" onSelect={onTalk}>
                <MessageCircle size={15} aria-hidden /> Write to them alone
              </DropdownMenu.Item>
            )}
            <DropdownMenu.Item className="menu-item" onSelect={() => setTimeout(onConnections)}>
              <Cable size={15} aria-hidden /> Close connections…
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Root>
      )}
    </li>
  )
}

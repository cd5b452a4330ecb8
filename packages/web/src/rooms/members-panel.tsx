import { type Member, type Room, type RoomView, toApiError } from "@backline/client"
import { useMutation } from "@tanstack/react-query"
import { LogOut, Megaphone, Radio, UserPlus, X } from "lucide-react"
import { useState } from "react"
import { Link, useNavigate } from "react-router"
import { useNow } from "../format/use-now.ts"
import { AnnounceDialog } from "../notices/announce-dialog.tsx"
import { useServices } from "../services.tsx"
import { toast } from "../ui/toast.tsx"
import { ConnectionsDialog } from "./connections-dialog.tsx"
import { InviteDialog } from "./invite-dialog.tsx"
import { MemberRow } from "./member-row.tsx"
import { useCreateRoom } from "./queries.ts"
import { useIsAdmin } from "./use-room.ts"

interface Props {
  id: string
  view: RoomView
  me: string | undefined
  info: Room | undefined
  onClose?: () => void
}

/** Who belongs to the room: those who are here first. */
export function MembersPanel({ id, view, me, info, onClose }: Props) {
  const { client, queries } = useServices()
  const navigate = useNavigate()
  const create = useCreateRoom()
  const isAdmin = useIsAdmin()
  /** "Seen 5 min ago" stays true while nothing else happens. */
  const now = useNow()
  const [inviting, setInviting] = useState(false)
  const [announcing, setAnnouncing] = useState(false)
  const [connectionsOf, setConnectionsOf] = useState<Member>()
  const here = view.members.filter((member) => view.present.has(member.id))
  const away = view.members.filter((member) => !view.present.has(member.id))
  const leave = useMutation({
    mutationFn: () => client.rooms.removeMember(id),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["rooms"] })
      void navigate("/rooms")
    },
    onError: (error) => toast(toApiError(error).message),
  })
  const talkTo = ({ id: person, name }: Member) =>
    create.mutate(
      { name, visibility: "direct", members: [person] },
      { onSuccess: (room) => void navigate(`/rooms/${room.id}`), onError: (error) => toast(toApiError(error).message) },
    )
  const mayInvite = info?.visibility !== "direct" && (info?.role === "owner" || info?.role === "member")
  const mayAnnounce = info?.role === "owner" || isAdmin
  const row = (member: Member, isHere: boolean) => (
    <MemberRow
      key={member.id}
      member={member}
      isMe={member.id === me}
      isHere={isHere}
      inCall={view.call.some(({ id }) => id === member.id)}
      now={now}
      onTalk={member.id !== me && info?.visibility !== "direct" ? () => talkTo(member) : undefined}
      onConnections={isAdmin ? () => setConnectionsOf(member) : undefined}
    />
  )
  return (
    <div className="members">
      <header className="members-head">
        <h2>People</h2>
        {onClose && (
          <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
            <X size={18} aria-hidden />
          </button>
        )}
      </header>
      <h3>Here now</h3>
      <ul data-testid="members-here">{here.map((member) => row(member, true))}</ul>
      {away.length > 0 && (
        <>
          <h3>Away</h3>
          <ul>{away.map((member) => row(member, false))}</ul>
        </>
      )}
      <footer className="members-foot">
        {mayInvite && (
          <button type="button" className="button button-secondary button-small" onClick={() => setInviting(true)}>
            <UserPlus size={14} aria-hidden /> Invite
          </button>
        )}
        {mayAnnounce && (
          <button
            type="button"
            className="button button-secondary button-small"
            data-testid="announce"
            onClick={() => setAnnouncing(true)}
          >
            <Megaphone size={14} aria-hidden /> Announce
          </button>
        )}
        {isAdmin && (
          <Link to={`/trace/room/${id}`} className="button button-secondary button-small" data-testid="trace-room">
            <Radio size={14} aria-hidden /> Trace
          </Link>
        )}
        {info?.role && info.role !== "owner" && (
          <button
            type="button"
            className="button button-quiet button-small"
            disabled={leave.isPending}
            onClick={() => leave.mutate()}
          >
            <LogOut size={14} aria-hidden /> Leave the room
          </button>
        )}
      </footer>
      {announcing && (
        <AnnounceDialog
          title="Announce in this room"
          says="Everybody who is here sees it at once, on any page. It is no message and is not kept."
          done="Everybody who is here was told."
          send={(body) => client.rooms.notice(id, body)}
          onClose={() => setAnnouncing(false)}
        />
      )}
      {connectionsOf && <ConnectionsDialog person={connectionsOf} onClose={() => setConnectionsOf(undefined)} />}
      {inviting && <InviteDialog id={id} me={me} members={view.members} onClose={() => setInviting(false)} />}
    </div>
  )
}

import { type Member, type Room, type RoomView, toApiError } from "@backline/client"
import { useMutation } from "@tanstack/react-query"
import { LogOut, MessageCircle, UserPlus, X } from "lucide-react"
import { useState } from "react"
import { useNavigate } from "react-router"
import { useServices } from "../services.tsx"
import { toast } from "../ui/toast.tsx"
import { InviteDialog } from "./invite-dialog.tsx"
import { useCreateRoom } from "./queries.ts"

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
  const [inviting, setInviting] = useState(false)
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
  const row = (member: Member, isHere: boolean) => (
    <li key={member.id} className="member" data-testid="member" data-here={isHere || undefined}>
      <span className="avatar" data-mine={member.id === me || undefined} aria-hidden>
        {member.name.charAt(0).toUpperCase()}
      </span>
      <span className="member-name">
        {member.name}
        <small className="tabular">
          {member.id === me ? "you" : `#${member.number}`}
          {member.role === "owner" && " · owner"}
        </small>
      </span>
      {member.id !== me && info?.visibility !== "direct" && (
        <button
          type="button"
          className="icon-button member-talk"
          aria-label={`Write to ${member.name} alone`}
          title="Write to them alone"
          onClick={() => talkTo(member)}
        >
          <MessageCircle size={15} aria-hidden />
        </button>
      )}
    </li>
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
      {inviting && <InviteDialog id={id} me={me} members={view.members} onClose={() => setInviting(false)} />}
    </div>
  )
}

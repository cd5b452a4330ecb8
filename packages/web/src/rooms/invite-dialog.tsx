import { type Member, toApiError } from "@backline/client"
import { useMutation } from "@tanstack/react-query"
import { useState } from "react"
import { useServices } from "../services.tsx"
import { Dialog } from "../ui/dialog.tsx"
import { toast } from "../ui/toast.tsx"
import { usePeople } from "./queries.ts"

interface Props {
  id: string
  me: string | undefined
  members: readonly Member[]
  onClose(): void
}

/** Brings people one knows into a room. */
export function InviteDialog({ id, me, members, onClose }: Props) {
  const { client, queries } = useServices()
  const people = usePeople(me)
  const [asked, setAsked] = useState<readonly string[]>([])
  const others = people.data?.filter((person) => !members.some((member) => member.id === person.id)) ?? []
  const invite = useMutation({
    mutationFn: (userId: string) => client.rooms.addMember(id, { userId }),
    onSuccess: (_, userId) => {
      setAsked((before) => [...before, userId])
      void queries.invalidateQueries({ queryKey: ["rooms", "members", id] })
    },
    onError: (error) => toast(toApiError(error).message),
  })
  return (
    <Dialog title="Invite people" onClose={onClose}>
      {people.data && others.length === 0 && <p>Everybody you share a room with is here already.</p>}
      {people.isPending && <p>Looking for people you share rooms with…</p>}
      {people.isError && <p role="alert">{toApiError(people.error).message}</p>}
      <ul className="people">
        {others.map(({ id: person, name, number }) => (
          <li key={person} className="person-choice">
            <bdi>{name}</bdi>
            <small className="tabular">#{number}</small>
            <button
              type="button"
              className="button button-secondary button-small"
              disabled={asked.includes(person) || invite.isPending}
              onClick={() => invite.mutate(person)}
            >
              {asked.includes(person) ? "Invited" : "Invite"}
            </button>
          </li>
        ))}
      </ul>
      <div className="dialog-actions">
        <button type="button" className="button button-secondary" onClick={onClose}>
          Done
        </button>
      </div>
    </Dialog>
  )
}

import { toApiError, type Visibility } from "@backline/client"
import { type FormEvent, useState } from "react"
import { useNavigate } from "react-router"
import { Dialog } from "../ui/dialog.tsx"
import { ROOM_ICON } from "./room-row.tsx"
import { useCreateRoom, usePeople } from "./queries.ts"
import { useMyId } from "./use-room.ts"

const KINDS: { value: Visibility; label: string; says: string }[] = [
  { value: "public", label: "Public", says: "Everybody who is signed in can find it and come in." },
  { value: "private", label: "Private", says: "Only the people you invite see it." },
  { value: "direct", label: "Direct", says: "You and one other person." },
]

/** Makes a room and goes there. */
export function CreateRoom({ onClose, onDone }: { onClose: () => void; onDone?: () => void }) {
  const [kind, setKind] = useState<Visibility>("public")
  const [name, setName] = useState("")
  const [chosen, setChosen] = useState<readonly string[]>([])
  const me = useMyId()
  const people = usePeople(me)
  const create = useCreateRoom()
  const navigate = useNavigate()
  const direct = kind === "direct"
  const other = people.data?.find(({ id }) => id === chosen[0])
  const members = direct ? chosen.slice(0, 1) : chosen
  const ready = direct ? other !== undefined : name.trim() !== ""

  function submit(event: FormEvent) {
    event.preventDefault()
    if (!ready || create.isPending) return
    const body = {
      name: direct ? (other?.name ?? "Direct") : name.trim(),
      visibility: kind,
      ...(kind === "public" ? {} : { members: [...members] }),
    }
    create.mutate(body, {
      onSuccess: (room) => {
        onClose()
        onDone?.()
        void navigate(`/rooms/${room.id}`)
      },
    })
  }

  return (
    <Dialog title="New room" onClose={onClose}>
      <form className="room-form" onSubmit={submit}>
        <div className="segments" role="radiogroup" aria-label="Who can come in">
          {KINDS.map(({ value, label }) => {
            const Icon = ROOM_ICON[value]
            return (
              <button
                key={value}
                type="button"
                role="radio"
                aria-checked={kind === value}
                className="segment"
                data-testid={`kind-${value}`}
                onClick={() => setKind(value)}
              >
                <Icon size={14} aria-hidden /> {label}
              </button>
            )
          })}
        </div>
        <p className="room-form-says">{KINDS.find(({ value }) => value === kind)!.says}</p>
        {!direct && (
          <div className="field">
            <label htmlFor="room-name">Name</label>
            <input
              id="room-name"
              className="input"
              data-testid="room-name"
              value={name}
              maxLength={120}
              autoComplete="off"
              autoFocus
              placeholder="Stage crew"
              onChange={(event) => setName(event.target.value)}
            />
          </div>
        )}
        {kind !== "public" && (
          <fieldset className="people">
            <legend>{direct ? "With" : "People"}</legend>
            {people.data?.length === 0 && (
              <p className="room-form-says">You share no room with anybody yet. Meet people in a public room first.</p>
            )}
            {people.isPending && <p className="room-form-says">Looking for people you share rooms with…</p>}
            {people.data?.map(({ id, name: person, number }) => (
              <label key={id} className="person-choice">
                <input
                  type={direct ? "radio" : "checkbox"}
                  name="person"
                  checked={chosen.includes(id)}
                  onChange={(event) =>
                    setChosen(direct ? [id] : event.target.checked ? [...chosen, id] : chosen.filter((each) => each !== id))
                  }
                />
                <span>{person}</span>
                <small className="tabular">#{number}</small>
              </label>
            ))}
          </fieldset>
        )}
        {create.isError && (
          <p className="room-form-error" role="alert">
            {toApiError(create.error).message}
          </p>
        )}
        <div className="dialog-actions">
          <button type="button" className="button button-secondary" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" data-testid="create-room" disabled={!ready || create.isPending}>
            {create.isPending ? "Making it…" : "Make the room"}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

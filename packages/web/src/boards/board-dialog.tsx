import { type DocumentInfo, toApiError } from "@backline/client"
import { type FormEvent, useState } from "react"
import { useNavigate } from "react-router"
import { roomsIn, usePeople, useRooms } from "../rooms/queries.ts"
import { useMyId } from "../rooms/use-room.ts"
import { Dialog } from "../ui/dialog.tsx"
import { useBoardChanges } from "./queries.ts"

interface Props {
  /** Given to change a board; without it a new one is made. */
  board?: DocumentInfo
  onClose(): void
  onDone?(): void
}

/** Title of a board and who may write on it. */
export function BoardDialog({ board, onClose, onDone }: Props) {
  const [title, setTitle] = useState(board?.title ?? "")
  const [members, setMembers] = useState<readonly string[]>(board?.members ?? [])
  const [room, setRoom] = useState("")
  const me = useMyId()
  const rooms = roomsIn(useRooms().data).filter(({ role }) => role)
  const people = usePeople(me)
  const { create, change } = useBoardChanges()
  const navigate = useNavigate()
  const mayShare = !board || board.owner === me
  const { isPending, error } = board ? change : create

  function submit(event: FormEvent) {
    event.preventDefault()
    const name = title.trim()
    if (!name || isPending) return
    if (board) {
      const shared = mayShare ? { members: [...members] } : {}
      return change.mutate({ id: board.id, version: board.version, title: name, ...shared }, { onSuccess: onClose })
    }
    create.mutate(
      { title: name, members: [...members], ...(room ? { room } : {}) },
      {
        onSuccess: ({ id }) => {
          onClose()
          onDone?.()
          void navigate(`/boards/${id}`)
        },
      },
    )
  }

  return (
    <Dialog title={board ? "Title and people" : "New board"} onClose={onClose}>
      <form className="room-form" onSubmit={submit}>
        <div className="field">
          <label htmlFor="board-title">Title</label>
          <input
            id="board-title"
            className="input"
            data-testid="board-title"
            value={title}
            maxLength={120}
            autoComplete="off"
            autoFocus
            placeholder="Run of show"
            onChange={(event) => setTitle(event.target.value)}
          />
        </div>
        {!board && rooms.length > 0 && (
          <div className="field">
            <label htmlFor="board-room">Room</label>
            <select id="board-room" className="select" value={room} onChange={(event) => setRoom(event.target.value)}>
              <option value="">None</option>
              {rooms.map(({ id, name }) => (
                <option key={id} value={id}>
                  <bdi>{name}</bdi>
                </option>
              ))}
            </select>
          </div>
        )}
        {mayShare && people.data && people.data.length > 0 && (
          <fieldset className="people">
            <legend>People who may write on it</legend>
            {people.data.map(({ id, name, number }) => (
              <label key={id} className="person-choice">
                <input
                  type="checkbox"
                  checked={members.includes(id)}
                  onChange={(event) =>
                    setMembers(event.target.checked ? [...members, id] : members.filter((each) => each !== id))
                  }
                />
                <bdi>{name}</bdi>
                <small className="tabular">#{number}</small>
              </label>
            ))}
          </fieldset>
        )}
        {error && (
          <p className="room-form-error" role="alert">
            {toApiError(error).message}
          </p>
        )}
        <div className="dialog-actions">
          <button type="button" className="button button-secondary" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="button button-primary"
            data-testid="board-save"
            disabled={title.trim() === "" || isPending}
          >
            {board ? "Save" : "Make the board"}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

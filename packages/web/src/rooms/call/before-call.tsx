import { type Person, toApiError } from "@backline/client"
import { useQuery } from "@tanstack/react-query"
import { Headphones, Mic, PhoneOff, RotateCw, Video } from "lucide-react"
import { useServices } from "../../services.tsx"
import { Faces } from "./faces.tsx"
import { Fix } from "./fix.tsx"
import { useCalls } from "./use-calls.ts"

/** Who LiveKit says is in the call is asked again this often while one thinks about joining. */
const AGAIN_MS = 10_000

interface Props {
  id: string
  /** Who says in the room that they are in the call. */
  people: readonly Person[]
  me: string | undefined
  /** In the call of another room, which joining this one leaves. */
  isElsewhere: boolean
}

/** Who is in the call, and the ways in; where there are none, why, and who can change that. */
export function BeforeCall({ id, people, me, isElsewhere }: Props) {
  const { client } = useServices()
  const { calls } = useCalls()
  const opening = useQuery({
    queryKey: ["call", id],
    queryFn: () => client.rooms.call(id),
    refetchInterval: (query) => (query.state.status === "success" ? AGAIN_MS : false),
    gcTime: 0,
  })
  if (opening.isPending)
    return (
      <div className="call-line" role="status">
        <span className="spinner" aria-hidden />
        <p>Looking into the call…</p>
      </div>
    )
  if (opening.isError) {
    const error = toApiError(opening.error)
    const isUnset = error.code === "conflict.not_configured"
    return (
      <div
        className="call-line call-words"
        role={isUnset ? undefined : "alert"}
        data-testid={isUnset ? "call-unset" : "call-failed"}
      >
        <PhoneOff size={18} aria-hidden />
        <div>
          <h2>{isUnset ? "Calls are not set up here yet" : "The call could not be looked into"}</h2>
          <Fix text={error.message} />
        </div>
        {!isUnset && (
          <button type="button" className="button button-secondary button-small" onClick={() => void opening.refetch()}>
            <RotateCw size={14} aria-hidden /> Try again
          </button>
        )}
      </div>
    )
  }
  const known = new Map([...(opening.data.participants ?? []), ...people].map(({ id, name }) => [id, name]))
  const others = [...known].filter(([person]) => person !== me).map(([id, name]) => ({ id, name }))
  const join = (devices: ("microphone" | "camera")[]) => void calls.join(id, devices)
  return (
    <div className="call-before" data-testid="call-before">
      <div className="call-who">
        <Faces people={others} />
        <div>
          <h2>{others.length === 0 ? "Nobody is in the call" : `${namesOf(others)} in the call`}</h2>
          <p>
            {known.has(me ?? "") ? "You are in it on another device, which gives its place to this one. " : ""}
            {isElsewhere
              ? "Joining leaves the call that you are in."
              : others.length === 0
                ? "Whoever is in the room sees that you are."
                : ""}
          </p>
        </div>
      </div>
      <div className="call-ways">
        <button
          type="button"
          className="button button-primary"
          data-testid="join-microphone"
          onClick={() => join(["microphone"])}
        >
          <Mic size={16} aria-hidden /> Join with microphone
        </button>
        <button
          type="button"
          className="button button-secondary"
          data-testid="join-camera"
          onClick={() => join(["microphone", "camera"])}
        >
          <Video size={16} aria-hidden /> With camera
        </button>
        <button type="button" className="button button-quiet" data-testid="join-listening" onClick={() => join([])}>
          <Headphones size={16} aria-hidden /> Only listen
        </button>
      </div>
    </div>
  )
}

const NAMED = 2

/** "Ada is", "Ada and Max are", "Ada, Max and 3 others are". */
function namesOf(people: readonly { name: string }[]): string {
  const names = people.map(({ name }) => name)
  if (names.length === 1) return `${names[0]} is`
  if (names.length <= NAMED) return `${names.join(" and ")} are`
  const others = names.length - NAMED
  return `${names.slice(0, NAMED).join(", ")} and ${others === 1 ? "one other" : `${others} others`} are`
}

import type { Person } from "@backline/client"
import type { ReactNode } from "react"

/** Names stand apart from the words around them, whichever way they are read. */
function sentence(people: readonly Person[]): ReactNode {
  const [one, other] = people
  if (!one) return ""
  if (people.length > 2) return "Several people are writing…"
  if (!other)
    return (
      <>
        <bdi>{one.name}</bdi> is writing…
      </>
    )
  return (
    <>
      <bdi>{one.name}</bdi> and <bdi>{other.name}</bdi> are writing…
    </>
  )
}

/** Keeps its height, so that nothing moves when somebody starts to type. */
export function TypingLine({ people }: { people: readonly Person[] }) {
  return (
    <p className="typing-line" role="status" data-testid="typing">
      {sentence(people)}
    </p>
  )
}

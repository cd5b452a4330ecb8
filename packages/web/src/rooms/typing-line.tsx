import type { Person } from "@backline/client"

function sentence(people: readonly Person[]): string {
  const [one, other] = people
  if (!one) return ""
  if (!other) return `${one.name} is writing…`
  return people.length === 2 ? `${one.name} and ${other.name} are writing…` : "Several people are writing…"
}

/** Keeps its height, so that nothing moves when somebody starts to type. */
export function TypingLine({ people }: { people: readonly Person[] }) {
  return (
    <p className="typing-line" role="status" data-testid="typing">
      {sentence(people)}
    </p>
  )
}

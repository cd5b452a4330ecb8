const SHOWN = 4

/** Initials of a few people, overlapping. */
export function Faces({ people }: { people: readonly { id: string; name: string }[] }) {
  return (
    <span className="faces" aria-hidden>
      {people.slice(0, SHOWN).map(({ id, name }) => (
        <span key={id} className="avatar">
          {name.charAt(0).toUpperCase()}
        </span>
      ))}
      {people.length > SHOWN && <span className="avatar tabular">+{people.length - SHOWN}</span>}
    </span>
  )
}

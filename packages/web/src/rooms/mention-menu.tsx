import type { Candidate } from "./mention.ts"

interface Props {
  candidates: readonly Candidate[]
  active: number
  onPick(candidate: Candidate): void
}

/** Whom the text may mention; the field keeps the focus. */
export function MentionMenu({ candidates, active, onPick }: Props) {
  return (
    <ul id="mention-menu" role="listbox" aria-label="Mention" className="menu mention-menu" data-testid="mention-menu">
      {candidates.map((candidate, index) => (
        <li
          key={candidate.id}
          id={`mention-${index}`}
          role="option"
          aria-selected={index === active}
          className="menu-item"
          data-highlighted={index === active ? "" : undefined}
          // Before the field would lose its focus.
          onMouseDown={(event) => {
            event.preventDefault()
            onPick(candidate)
          }}
        >
          @{candidate.insert} <small>{candidate.says}</small>
        </li>
      ))}
    </ul>
  )
}

import type { Member } from "@backline/client"
import { ASSISTANT_ID } from "@backline/client"

export interface Candidate {
  id: string
  name: string
  /** What stands in the text after the `@`. */
  insert: string
  says: string
}

const MOST = 6
const THE_ASSISTANT: Candidate = {
  id: ASSISTANT_ID,
  name: "assistant",
  insert: "assistant",
  says: "Answers here, for everybody",
}

/** The mention that is being written at the caret: where its `@` stands and what follows it. */
export function mentionAt(text: string, caret: number): { from: number; typed: string } | undefined {
  const match = /(?:^|[\s(])@([\p{L}\p{N}._-]{0,30})$/u.exec(text.slice(0, caret))
  return match ? { from: caret - match[1]!.length - 1, typed: match[1]! } : undefined
}

/** Whom it may be: the assistant first, then people whose name begins like it. */
export function candidatesFor(typed: string, members: readonly Member[], me: string | undefined): Candidate[] {
  const wanted = typed.toLowerCase()
  const people = members
    .filter(({ id }) => id !== me && id !== ASSISTANT_ID)
    .map(({ id, name, number }) => ({ id, name, insert: name, says: `#${number}` }))
  return [THE_ASSISTANT, ...people].filter(({ name }) => name.toLowerCase().startsWith(wanted)).slice(0, MOST)
}

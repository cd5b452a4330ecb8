import type { Conversation } from "@backline/client"
import { ageGroup } from "../format/time.ts"

/** Conversations under headings by age, the latest first. */
export function groupByAge(conversations: readonly Conversation[], now: number): [string, Conversation[]][] {
  const groups = new Map<string, Conversation[]>()
  for (const conversation of conversations.toSorted((one, other) => other.updatedAt - one.updatedAt)) {
    const group = ageGroup(conversation.updatedAt, now)
    groups.set(group, [...(groups.get(group) ?? []), conversation])
  }
  return [...groups]
}

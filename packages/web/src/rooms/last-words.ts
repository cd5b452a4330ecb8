import { ASSISTANT_ID, type Person } from "@backline/client"

/** The line of a list that says what was said last. Only the assistant writes Markdown: its signs are no words. */
export function lastWords({ user, text }: { user: Pick<Person, "id" | "name">; text: string }): string {
  const words = user.id === ASSISTANT_ID ? text.replaceAll(/\*\*|`/g, "") : text
  return `${user.name}: ${words}`
}

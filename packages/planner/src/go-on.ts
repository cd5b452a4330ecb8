import type { ConverseRequest, Message } from "@backline/cloud/services/bedrock/request"

/** How people, and the console's button, ask for the rest of an answer that broke off. */
const ASKS = /^\s*(please\s+)?(go on|continue|carry on|weiter|mach weiter|continua|sigue|poursuis)\b[^?]{0,80}$/i

const textOf = ({ content }: Message): string => content.flatMap(({ text }) => text ?? []).join("\n\n")
const isQuestion = ({ role, content }: Message): boolean => role === "user" && content.some(({ text }) => text !== undefined)

/**
 * A request to go on, as the question that was answered in part, and that part: the planner answers the question again, which gives the same words, and
 * says what follows them. Any other request as it is, with nothing said before.
 */
export function continued(request: ConverseRequest): { request: ConverseRequest; said: string } {
  const { messages } = request
  const last = messages.findLastIndex(isQuestion)
  const before = messages[last - 1]
  if (last < 2 || before?.role !== "assistant" || !ASKS.test(textOf(messages[last]!))) return { request, said: "" }
  const asked = { ...request, messages: [...messages.slice(0, last - 1), ...messages.slice(last + 1)] }
  const earlier = continued(asked)
  return { request: earlier.request, said: earlier.said + textOf(before) }
}

/** What follows the words that were said, however they were spaced; all of it where it begins with other words. */
export function rest(whole: string, said: string): string {
  let at = 0
  for (const letter of said.replace(/\s+/g, "")) {
    while (/\s/.test(whole[at] ?? "")) at++
    if (!whole.startsWith(letter, at)) return whole
    at += letter.length
  }
  return said === "" ? whole : whole.slice(at).trimStart() || "That was the whole answer."
}

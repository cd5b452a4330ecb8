import type { Answer } from "../answer.ts"

const EXAMPLES = [
  "Which halls hosted the most concerts in the 1950s?",
  "How often was Beethoven's Symphony No. 5 performed?",
  "When did Leonard Bernstein first conduct?",
]

const examples = EXAMPLES.map((question) => `- ${question}`).join("\n")

export const greeting = (): Answer => ({
  sentence: `I am Backline's offline planner, not a language model. I answer questions about concerts, works, people, places and tickets from the warehouse, for example:\n\n${examples}`,
})

export const unknown = (): Answer => ({
  sentence: `I did not understand this question. I can count, rank, compare and date concerts, performances and tickets, for example:\n\n${examples}`,
})

/** Names that are stored under no kind: no number is better than a wrong one. */
export const notFound = (names: readonly string[]): Answer => ({
  sentence: `Nothing is stored under the name ${names.map((name) => `“${name}”`).join(" or ")}, so I cannot count it. Check the spelling, or ask for example:\n\n${examples}`,
})

import { toWords } from "../format/words.ts"

/** Tools as a person would put it: while it happens, and after. */
const PHRASES: Record<string, [now: string, then: string]> = {
  find_concerts: ["Looking for concerts", "Looked for concerts"],
  venue_popularity: ["Ranking venues", "Ranked venues"],
  counts_by_period: ["Counting by period", "Counted by period"],
  performance_history: ["Reading the performance history", "Read the performance history"],
  top_performed: ["Ranking performances", "Ranked performances"],
  find_names: ["Looking up names", "Looked up names"],
}

export function toolPhrase(name: string, running: boolean): string {
  const phrase = PHRASES[name]
  if (phrase) return phrase[running ? 0 : 1]
  return running ? `Using ${toWords(name).toLowerCase()}` : `Used ${toWords(name).toLowerCase()}`
}

import type { ConverseRequest, Message, Piece } from "@backline/cloud/services/bedrock/request"
import { planner } from "./index.ts"

const TODAY = "2026-11-21"

type Row = Record<string, unknown>
export type Tools = Record<string, (input: Row) => Row[] | { rows: Row[]; rowCount?: number; truncated?: boolean } | Error>

const NAMES = ["find_concerts", "venue_popularity", "counts_by_period", "performance_history", "top_performed", "find_names"]
const toolConfig = { tools: NAMES.map((name) => ({ toolSpec: { name, inputSchema: { json: { type: "object" } } } })) }
const system = [{ text: `You answer questions.\nToday is ${TODAY}.\n` }]

/** Kind, name, detail, concerts: what the data of the tests is named. */
const CATALOGUE: [string, string, string | undefined, number][] = [
  ["composer", "Beethoven, Ludwig van", undefined, 4000],
  ["composer", "Mahler, Gustav", undefined, 1000],
  ["conductor", "Mahler, Gustav", undefined, 77],
  ["composer", "Brahms, Johannes", undefined, 2600],
  ["composer", "Wagner, Richard", undefined, 3000],
  ["composer", "Dvorak, Antonín", undefined, 1300],
  ["composer", "Tchaikovsky, Pyotr Ilyich", undefined, 3000],
  ["composer", "Handel, George Frideric", undefined, 800],
  ["composer", "Copland, Aaron", undefined, 700],
  ["composer", "Bernstein, Leonard", undefined, 500],
  ["conductor", "Bernstein, Leonard", undefined, 1272],
  ["soloist", "Bernstein, Leonard", undefined, 300],
  ["conductor", "Toscanini, Arturo", undefined, 451],
  ["conductor", "Mehta, Zubin", undefined, 1093],
  ["conductor", "Boulez, Pierre", undefined, 700],
  ["conductor", "van Zweden, Jaap", undefined, 400],
  ["conductor", "Hoogstraten, Willem van", undefined, 600],
  ["soloist", "Heifetz, Jascha", undefined, 78],
  ["soloist", "Horowitz, Vladimir", undefined, 28],
  ["soloist", "Serkin, Rudolf", undefined, 100],
  ["soloist", "Ma, Yo-Yo", undefined, 68],
  ["venue", "Carnegie Hall", "Manhattan, NY", 6044],
  ["venue", "Avery Fisher Hall", "Manhattan, NY", 6211],
  ["venue", "Philharmonic Hall", "Manhattan, NY", 1801],
  ["venue", "Lewisohn Stadium", "Manhattan, NY", 1740],
  ["venue", "Wigmore Hall", "London", 7],
  ["venue", "Boston Common", "Boston, MA", 3],
  ["city", "Boston, MA", undefined, 26],
  ["city", "Philadelphia, PA", undefined, 162],
  ["city", "Manhattan, NY", undefined, 19470],
  ["city", "Tokyo", undefined, 54],
  ["city", "London", undefined, 48],
  ["city", "Berlin", undefined, 22],
  ["city", "Memphis, TN", undefined, 4],
  ["artist", "New York Philharmonic", undefined, 16000],
  ["artist", "Paper Lantern Club", undefined, 7],
  ["work", "SYMPHONY NO. 9, E MINOR, OP.95 (FROM THE NEW WORLD)", "Dvorak, Antonín", 439],
  ["work", "SYMPHONY NO. 3 IN E FLAT MAJOR, OP. 55 (EROICA)", "Beethoven, Ludwig van", 513],
  ["work", "RHAPSODY IN BLUE", "Gershwin, George", 135],
  ["work", "MESSIAH", "Handel, George Frideric", 181],
  ["work", "NUTCRACKER, THE: SUITE, OP. 71A", "Tchaikovsky, Pyotr Ilyich", 200],
]

const fold = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()

/** As names.find answers: every word somewhere, accents and case aside. */
function findNames({ text }: Row): Row[] {
  const words = fold(String(text))
    .split(/[\s,]+/)
    .filter(Boolean)
  return CATALOGUE.filter(([, name]) => words.every((word) => fold(name).includes(word))).map(
    ([kind, name, detail, concerts]) => ({ kind, name, detail, concerts }),
  )
}

const EMPTY: Tools = {
  find_names: findNames,
  counts_by_period: ({ period }) =>
    period === "total"
      ? [{ period: "total", value: 7 }]
      : [
          { period: "1950s", value: 3 },
          { period: "1960s", value: 4 },
        ],
  performance_history: () => [
    {
      concerts: 7,
      performances: 9,
      first_date: "1901-02-03",
      first_venue: "Carnegie Hall",
      last_date: "1999-12-31",
      last_venue: "Town Hall",
    },
  ],
  top_performed: () => [
    { rank: 1, name: "First, One", concerts: 5, performances: 8 },
    { rank: 2, name: "Second, Two", concerts: 3, performances: 4 },
  ],
  find_concerts: () => [
    {
      concert_date: "1950-01-01",
      title: "A concert",
      venue: "Carnegie Hall",
      city: "Manhattan, NY",
      tickets_sold: 10,
      capacity: 100,
      price_cents: 100,
    },
  ],
  venue_popularity: () => [
    {
      rank: 1,
      name: "Carnegie Hall",
      city: "Manhattan, NY",
      concerts: 2,
      tickets_sold: 50,
      revenue_cents: 5000,
      amounts: "USD 5000",
      sell_through: 0.5,
      score: 100,
    },
  ],
}

/** Asks the planner as a host would: runs its tools until it answers. Calls are written `tool {input}`, look-ups of names left out. */
export async function converse(questions: string[], tools: Tools = {}, answers: string[] = []) {
  const all = { ...EMPTY, ...tools }
  const calls: string[] = []
  const lookups: string[] = []
  const messages: Message[] = []
  for (const [index, text] of questions.entries()) {
    messages.push({ role: "user", content: [{ text }] })
    if (index < questions.length - 1) messages.push({ role: "assistant", content: [{ text: answers[index] ?? "An answer." }] })
  }
  const rounds: string[][] = []
  for (let round = 0; round < 7; round++) {
    const { text, uses } = await turn({ messages, system, toolConfig })
    if (uses.length === 0) return { text, calls, lookups, rounds }
    rounds.push(uses.map(({ name }) => name))
    for (const { name, input } of uses)
      if (name === "find_names") lookups.push(String(input.text))
      else calls.push(`${name} ${JSON.stringify(input)}`)
    messages.push({
      role: "assistant",
      content: uses.map(({ id, name, input }) => ({ toolUse: { toolUseId: id, name, input } })),
    })
    messages.push({ role: "user", content: uses.map(({ id, name, input }) => ({ toolResult: resultOf(id, all[name]!(input)) })) })
  }
  throw new Error(`The planner never answered: ${calls.join(", ")}`)
}

function resultOf(toolUseId: string, answer: ReturnType<Tools[string]>) {
  if (answer instanceof Error) return { toolUseId, status: "error" as const, content: [{ text: answer.message }] }
  const result = Array.isArray(answer) ? { rows: answer } : answer
  return { toolUseId, content: [{ json: { rowCount: result.rows.length, truncated: false, ...result } }] }
}

/** One request, its pieces put together. */
export async function turn(request: ConverseRequest) {
  const pieces: Piece[] = []
  for await (const piece of planner({ pauseMs: 0 }).answer(request, new AbortController().signal)) pieces.push(piece)
  const uses: { id: string; name: string; input: Row }[] = []
  for (const piece of pieces) {
    if (piece.type === "tool") uses.push({ id: piece.id, name: piece.name, input: {} })
    if (piece.type === "input") uses.at(-1)!.input = JSON.parse(piece.json) as Row
  }
  return { text: pieces.flatMap((piece) => (piece.type === "text" ? [piece.text] : [])).join(""), uses, pieces }
}

/** Rows of a tool, as the host gave them; or why it gave none. */
export interface Result {
  rows: Record<string, unknown>[]
  rowCount: number
  truncated: boolean
  error?: string
}

export interface Call {
  tool: string
  input: Record<string, unknown>
}

/** Thrown where a plan needs results it does not have: the calls to make before it can go on. */
export class Pending extends Error {
  constructor(readonly calls: Call[]) {
    super("Results are pending.")
  }
}

/** The tool said no; its words are for the reader. */
export class Refused extends Error {}

/** Undefined members are no part of a call. */
const plain = (input: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(input)) as Record<string, unknown>
const keyOf = ({ tool, input }: Call): string =>
  JSON.stringify([tool, Object.entries(plain(input)).sort(([a], [b]) => (a < b ? -1 : 1))])

/** The most calls that fit one turn of the host. */
const TURN = 8

/**
 * Gives the results of calls that this conversation has made since the question, or throws Pending with those still to make. A plan is
 * run from its beginning each time, so nothing is remembered between requests.
 */
export function asker(made: readonly { call: Call; result: Result }[], tools: readonly string[]) {
  const known = new Map(made.map(({ call, result }) => [keyOf(call), result]))
  return (calls: Call[]): Result[] => {
    const missing = calls.filter(
      (call, index) => !known.has(keyOf(call)) && calls.findIndex((other) => keyOf(other) === keyOf(call)) === index,
    )
    const unknown = missing.find(({ tool }) => !tools.includes(tool))
    if (unknown) throw new Refused(`I need the tool ${unknown.tool} for this, and it is not offered here.`)
    if (missing.length > 0) throw new Pending(missing.slice(0, TURN).map(({ tool, input }) => ({ tool, input: plain(input) })))
    return calls.map((call) => {
      const result = known.get(keyOf(call))!
      if (result.error !== undefined) throw new Refused(result.error)
      return result
    })
  }
}
export type Ask = ReturnType<typeof asker>

/** The currency of rows that are compared; amounts of several are not. */
export function oneCurrency(rows: readonly Record<string, unknown>[]): string | undefined {
  const all = [...new Set(rows.map(({ currency }) => currency).filter((currency) => typeof currency === "string"))]
  if (all.length > 1)
    throw new Refused(`These amounts are in ${all.toSorted().join(", ")}, which cannot be compared or added up.`)
  return all[0]
}

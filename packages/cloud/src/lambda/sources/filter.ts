import { compilePattern, PatternError, SOURCE } from "../../pattern/index.ts"

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
const LIMITS = { filters: 5, characters: 4_096 } as const

/** The key whose text is read as JSON, by source; filters of queues and streams look at nothing else. */
const CONTENT: Readonly<Record<string, string | undefined>> = { sqs: "body", kinesis: "data", dynamodb: undefined }

/** Whether a record goes to the function; records that no filter matches are done. */
export interface Filter {
  /** False where everything passes, so that nobody decodes records for it. */
  isOn: boolean
  passes(record: unknown): boolean
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null

/** A text that holds an object or array is filtered as such, any other as text. */
export function contentOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : text
  } catch {
    return text
  }
}

/** Reads FilterCriteria; throws by name for patterns that Lambda would refuse. */
export function readFilter(criteria: any, service: string, owner: string): Filter {
  const filters: { Pattern?: unknown }[] = criteria?.Filters ?? []
  if (filters.length === 0) return { isOn: false, passes: () => true }
  if (filters.length > LIMITS.filters)
    throw new Error(`${owner}: a mapping has at most ${LIMITS.filters} filters, not ${filters.length}.`)
  const key = CONTENT[service]
  const patterns = filters.map(({ Pattern }) => {
    const text = typeof Pattern === "string" ? Pattern : JSON.stringify(Pattern)
    if (text === undefined || text.length > LIMITS.characters)
      throw new Error(`${owner}: a filter pattern has at most ${LIMITS.characters} characters.`)
    return read(text, key, owner)
  })
  return { isOn: true, passes: (record) => patterns.some((passes) => passes(record)) }
}

function read(text: string, key: string | undefined, owner: string): (record: any) => boolean {
  let pattern: any
  try {
    pattern = JSON.parse(text)
  } catch {
    throw new Error(`${owner}: Invalid filter pattern definition: ${text} is no JSON.`)
  }
  const other = key === undefined ? undefined : Object.keys(pattern ?? {}).find((each) => each !== key && each !== "$or")
  if (other !== undefined)
    throw new Error(`NOT_SIMULATED: FilterCriteria of ${owner}: filters of this source look at ${key}, not ${other}.`)
  try {
    const { matches } = compilePattern(pattern, SOURCE)
    if (key === undefined || !isObject(pattern[key]) || Array.isArray(pattern[key])) return matches
    // A pattern of JSON never matches a plain text, whatever it says is absent.
    return (record) => isObject(record[key]) && matches(record)
  } catch (error) {
    if (error instanceof PatternError)
      throw new Error(`${owner}: Invalid filter pattern definition: ${error.message}`, { cause: error })
    throw error
  }
}

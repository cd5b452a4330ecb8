import { type BusEvent, eventText, headText } from "./event.ts"
import { type Path, readPath } from "./json-path.ts"
import { rawAt } from "./raw-json.ts"

/** What a target gets in place of the event: text, usually JSON. */
export type Transform = (event: BusEvent, rule: { arn: string; name: string }, now: number) => string

interface Given {
  event: BusEvent
  rule: { arn: string; name: string }
  now: number
}

/** JSON of each variable that needs no path: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-predefined */
const PREDEFINED: Readonly<Record<string, (given: Given) => string>> = {
  "aws.events.rule-arn": ({ rule }) => JSON.stringify(rule.arn),
  "aws.events.rule-name": ({ rule }) => JSON.stringify(rule.name),
  "aws.events.event.ingestion-time": ({ now }) => JSON.stringify(new Date(now).toISOString()),
  "aws.events.event": ({ event }) => headText(event),
  "aws.events.event.json": ({ event }) => eventText(event),
}
/** These are values of fields only: inside of a string they are not escaped. */
const UNESCAPED: ReadonlySet<string> = new Set(["aws.events.event", "aws.events.event.json"])

/** A piece of a template: text that stands for itself, or a variable. */
type Piece = string | { name: string; isQuoted: boolean }

const PLACEHOLDER = /<([\w./-]+)>/y

/** Reads a template from left to right: a quote that no backslash escapes begins or ends a string. */
function piecesOf(template: string): Piece[] {
  const pieces: Piece[] = []
  let text = ""
  let isQuoted = false
  for (let at = 0; at < template.length; at++) {
    PLACEHOLDER.lastIndex = at
    const name = template[at] === "<" ? PLACEHOLDER.exec(template)?.[1] : undefined
    if (name !== undefined) {
      pieces.push(text, { name, isQuoted })
      text = ""
      at += name.length + 1
      continue
    }
    if (template[at] === '"') isQuoted = !isQuoted
    text += template[at]!
    // What a backslash escapes is part of the string, whatever it is.
    if (isQuoted && template[at] === "\\" && at + 1 < template.length) text += template[++at]!
  }
  return [...pieces, text]
}

/** Inside quotes a value stands as text, elsewhere as JSON; one that the event does not have is empty or null. */
function written(json: string | undefined, { name, isQuoted }: Exclude<Piece, string>): string {
  if (!isQuoted) return json ?? "null"
  if (json === undefined || json === "null") return ""
  if (UNESCAPED.has(name)) return json
  // The text of a string is escaped already.
  return json.startsWith('"') ? json.slice(1, -1) : JSON.stringify(json).slice(1, -1)
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html */
const LIMITS = { paths: 100, template: 8_192 } as const

function transformer({ InputPathsMap = {}, InputTemplate }: any, owner: string): Transform {
  if (typeof InputTemplate !== "string" || InputTemplate === "")
    throw new Error(`${owner}: InputTransformer needs an InputTemplate.`)
  if (InputTemplate.length > LIMITS.template)
    throw new Error(`${owner}: InputTemplate has more than ${LIMITS.template} characters.`)
  const given = Object.entries(InputPathsMap)
  if (given.length > LIMITS.paths) throw new Error(`${owner}: InputPathsMap has more than ${LIMITS.paths} paths.`)
  const reserved = given.find(([name]) => /^aws/i.test(name))
  if (reserved) throw new Error(`${owner}: InputPathsMap names ${reserved[0]}: names that start with AWS are reserved.`)
  const paths = new Map<string, Path>(given.map(([name, path]) => [name, readPath(String(path))]))
  const pieces = piecesOf(InputTemplate)
  for (const piece of pieces)
    if (typeof piece !== "string" && !paths.has(piece.name) && !Object.hasOwn(PREDEFINED, piece.name))
      throw new Error(`${owner}: InputTransformer has no path for <${piece.name}>.`)
  return (event, rule, now) => {
    const text = eventText(event)
    const valueOf = (name: string) => {
      const path = paths.get(name)
      return path ? rawAt(text, path) : PREDEFINED[name]!({ event, rule, now })
    }
    return pieces.map((piece) => (typeof piece === "string" ? piece : written(valueOf(piece.name), piece))).join("")
  }
}

/** Reads Input, InputPath or InputTransformer, of which a target has at most one. */
export function readInput(target: any, owner: string): Transform {
  const given = ["Input", "InputPath", "InputTransformer"].filter((name) => target[name] !== undefined)
  if (given.length > 1) throw new Error(`${owner}: only one of ${given.join(", ")} may be given.`)
  if (target.Input !== undefined) return () => String(target.Input)
  if (target.InputTransformer !== undefined) return transformer(target.InputTransformer, owner)
  const path = target.InputPath === undefined ? [] : readPath(String(target.InputPath))
  return (event) => rawAt(eventText(event), path) ?? "{}"
}

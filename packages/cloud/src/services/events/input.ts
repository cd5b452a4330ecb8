import type { BusEvent } from "./event.ts"
import { at, type Path, readPath } from "./json-path.ts"

/** What a target gets in place of the event: text, usually JSON. */
export type Transform = (event: BusEvent, rule: { arn: string; name: string }, now: number) => string

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-predefined */
function predefined(name: string, event: BusEvent, rule: { arn: string; name: string }, now: number): unknown {
  const { detail: _, ...head } = event
  const values: Record<string, unknown> = {
    "aws.events.rule-arn": rule.arn,
    "aws.events.rule-name": rule.name,
    "aws.events.event.ingestion-time": new Date(now).toISOString(),
    "aws.events.event": head,
    "aws.events.event.json": event,
  }
  return values[name]
}

const isPredefined = (name: string): boolean => name.startsWith("aws.events.")

/** Inside quotes a value stands as text, elsewhere as JSON; one that the event does not have is empty or null. */
function written(value: unknown, isQuoted: boolean): string {
  if (!isQuoted) return JSON.stringify(value ?? null)
  const text = value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value)
  return JSON.stringify(text).slice(1, -1)
}

/** Position by position, whether it is inside a JSON string. */
function quoted(template: string): boolean[] {
  let inside = false
  return [...template].map((character, index) => {
    const was = inside
    if (character === '"' && template[index - 1] !== "\\") inside = !inside
    return was
  })
}

function transformer({ InputPathsMap = {}, InputTemplate }: any, owner: string): Transform {
  if (typeof InputTemplate !== "string") throw new Error(`${owner}: InputTransformer needs an InputTemplate.`)
  const paths = new Map<string, Path>(Object.entries(InputPathsMap).map(([name, path]) => [name, readPath(String(path))]))
  const inside = quoted(InputTemplate)
  const names = [...InputTemplate.matchAll(/<([\w.-]+)>/g)].map((match) => match[1]!)
  const unknown = names.find((name) => !paths.has(name) && !isPredefined(name))
  if (unknown !== undefined) throw new Error(`${owner}: InputTransformer has no path for <${unknown}>.`)
  return (event, rule, now) =>
    InputTemplate.replaceAll(/<([\w.-]+)>/g, (_: string, name: string, offset: number) => {
      const value = isPredefined(name) ? predefined(name, event, rule, now) : at(event, paths.get(name)!)
      return written(value, inside[offset] ?? false)
    })
}

/** Reads Input, InputPath or InputTransformer, of which a target has at most one. */
export function readInput(target: any, owner: string): Transform {
  const given = ["Input", "InputPath", "InputTransformer"].filter((name) => target[name] !== undefined)
  if (given.length > 1) throw new Error(`${owner}: only one of ${given.join(", ")} may be given.`)
  if (target.Input !== undefined) return () => String(target.Input)
  if (target.InputTransformer !== undefined) return transformer(target.InputTransformer, owner)
  const path = target.InputPath === undefined ? [] : readPath(String(target.InputPath))
  return (event) => JSON.stringify(at(event, path) ?? {})
}

/** The part of JSONPath that EventBridge documents: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
export type Path = readonly (string | number)[]

/** Reads `$.detail.items[0]['a b']`; throws by name for anything else. */
export function readPath(text: string): Path {
  const parts: (string | number)[] = []
  let rest = text.startsWith("$") ? text.slice(1) : undefined
  while (rest) {
    const match: RegExpExecArray | null = /^(?:\.([\w-]+)|\[(\d+)\]|\['([^']+)'\])/.exec(rest)
    if (!match) break
    parts.push(match[2] === undefined ? (match[1] ?? match[3])! : Number(match[2]))
    rest = rest.slice(match[0].length)
  }
  if (rest !== "") throw new Error(`NOT_SIMULATED: JSON path ${text}: only names and positions after $ are known.`)
  return parts
}

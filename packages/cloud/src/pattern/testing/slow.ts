/**
 * The rules of https://github.com/aws/event-ruler#readme taken literally, for comparison: the event becomes a list of fields, `$or`
 * becomes several rules without it, and a rule matches when some choice of one field per leaf has no two fields in different elements of the same array.
 */
interface Field {
  name: string
  value: unknown
  /** Array → element that the field lies in. */
  elements: Map<unknown[], number>
}

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value)

type Conjunction = { name: string; list: any[] }[]

/** `around`: the arrays just outside; only what is inside an object of theirs belongs to one of their elements. */
function fieldsOf(value: unknown, name: string, elements: Field["elements"], around: [unknown[], number][] = []): Field[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => fieldsOf(each, name, elements, [...around, [value, index]]))
  if (isObject(value)) {
    const inside = new Map([...elements, ...around])
    return Object.entries(value as object).flatMap(([key, each]) => fieldsOf(each, `${name}/${key}`, inside))
  }
  return value === undefined ? [] : [{ name, value, elements }]
}

function conjunctions(pattern: Record<string, any>, name: string): Conjunction[] {
  let all: Conjunction[] = [[]]
  for (const [key, value] of Object.entries(pattern)) {
    const ways: Conjunction[] =
      key === "$or"
        ? value.flatMap((each: Record<string, any>) => conjunctions(each, name))
        : Array.isArray(value)
          ? [[{ name: `${name}/${key}`, list: value }]]
          : conjunctions(value, `${name}/${key}`)
    all = all.flatMap((some) => ways.map((way) => [...some, ...way]))
  }
  return all
}

function passes(expression: any, value: any): boolean {
  if (typeof expression !== "object" || expression === null) return expression === value
  const [operator, argument]: [string, any] = Object.entries(expression)[0]!
  switch (operator) {
    case "exists":
      return argument
    case "anything-but": {
      if (typeof argument === "object" && !Array.isArray(argument)) {
        const [inner, texts] = Object.entries(argument)[0]!
        return [texts].flat().every((text) => !passes({ [inner]: text }, value))
      }
      return [argument].flat().every((each) => each !== value)
    }
    case "numeric": {
      if (typeof value !== "number") return false
      for (let at = 0; at < argument.length; at += 2) {
        const bound = argument[at + 1]
        const sign = Math.sign(value - bound)
        const wanted: Record<string, number[]> = { "=": [0], "<": [-1], "<=": [-1, 0], ">": [1], ">=": [1, 0] }
        if (!wanted[argument[at]]!.includes(sign)) return false
      }
      return true
    }
    case "cidr": {
      const [block, bits] = argument.split("/")
      const number = (text: string) => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
      const width = 2 ** (32 - Number(bits))
      return /^\d+\.\d+\.\d+\.\d+$/.test(value) && Math.floor(number(value) / width) === Math.floor(number(block) / width)
    }
  }
  if (typeof value !== "string") return false
  if (operator === "wildcard") {
    const source = argument.replaceAll(/\\[*\\]|[^\w]/g, (part: string) => (part === "*" ? ".*" : `\\${part.at(-1)}`))
    return new RegExp(`^${source}$`, "s").test(value)
  }
  const insensitive = typeof argument === "object" || operator === "equals-ignore-case"
  const text: string = typeof argument === "object" ? argument["equals-ignore-case"] : argument
  const [a, b] = insensitive ? [value.toLowerCase(), text.toLowerCase()] : [value, text]
  if (operator === "prefix") return a.slice(0, b.length) === b
  if (operator === "suffix") return a.length >= b.length && a.slice(a.length - b.length) === b
  return a === b
}

const isAbsence = (expression: any) => expression !== null && typeof expression === "object" && expression.exists === false

function choose(rest: Conjunction, fields: Field[], chosen: Map<unknown[], number>): boolean {
  const [leaf, ...others] = rest
  if (!leaf) return true
  if (leaf.list.some(isAbsence) && !fields.some(({ name }) => name === leaf.name) && choose(others, fields, chosen)) return true
  return fields.some(({ name, value, elements }) => {
    if (name !== leaf.name) return false
    if (!leaf.list.some((expression) => !isAbsence(expression) && passes(expression, value))) return false
    const agrees = [...elements].every(([array, index]) => !chosen.has(array) || chosen.get(array) === index)
    return agrees && choose(others, fields, new Map([...chosen, ...elements]))
  })
}

export const slowMatches = (pattern: Record<string, any>, event: unknown): boolean =>
  conjunctions(pattern, "").some((leaves) => choose(leaves, fieldsOf(event, "", new Map()), new Map()))

import type { Path } from "./json-path.ts"

/*
 * Values of a JSON text as they are written there: parsed and written again, numbers of more than 15 digits would change, and `10.50` would be `10.5`.
 * All functions take valid JSON and go through it without recursion.
 */

/** Past the white space at `from`. */
function past(text: string, from: number): number {
  while (" \t\n\r".includes(text.charAt(from)) && from < text.length) from++
  return from
}

/** Past the string that begins at `from`. */
function pastString(text: string, from: number): number {
  let at = from + 1
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1
  return at + 1
}

/** Past the value that begins at `from`. */
function pastValue(text: string, from: number): number {
  let at = from
  let depth = 0
  do {
    const character = text[at]
    if (character === '"') {
      at = pastString(text, at)
      continue
    }
    if (character === "{" || character === "[") depth++
    else if (character === "}" || character === "]") depth--
    at++
  } while (depth > 0)
  // A number, true, false or null goes on until something else begins.
  if (!'"{['.includes(text[from]!)) while (at < text.length && !",]} \t\n\r".includes(text[at]!)) at++
  return at
}

/** Where the value of a name or a position begins; of a name that is there twice, the last. */
function find(text: string, from: number, part: string | number): number | undefined {
  const isObject = text[from] === "{"
  if (isObject !== (typeof part === "string") || !"{[".includes(text[from]!)) return undefined
  let found: number | undefined
  let at = past(text, from + 1)
  for (let index = 0; text[at] !== "}" && text[at] !== "]"; index++) {
    let name: string | number = index
    if (isObject) {
      const end = pastString(text, at)
      name = JSON.parse(text.slice(at, end)) as string
      at = past(text, past(text, end) + 1)
    }
    if (name === part) found = at
    at = past(text, pastValue(text, at))
    if (text[at] === ",") at = past(text, at + 1)
  }
  return found
}

/** The text of what lies at a path; undefined where nothing does. */
export function rawAt(text: string, path: Path): string | undefined {
  let at: number | undefined = past(text, 0)
  for (const part of path) {
    at = find(text, at, part)
    if (at === undefined) return undefined
  }
  return text.slice(at, pastValue(text, at))
}

/** How deep objects and arrays lie in one another. */
export function depthOf(text: string): number {
  let [depth, most] = [0, 0]
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = pastString(text, at) - 1
    else if (character === "{" || character === "[") most = Math.max(most, ++depth)
    else if (character === "}" || character === "]") depth--
  }
  return most
}

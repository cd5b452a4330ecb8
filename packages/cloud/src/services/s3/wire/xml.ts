import { AwsError } from "../../../service.ts"

/** An element of a request body: its text, or the elements in it. */
export interface Element {
  name: string
  text: string
  children: Element[]
}

const malformed = () =>
  new AwsError("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }

function unescape(text: string): string {
  return text.replace(/&([^;&]*);|&/g, (_, name: string | undefined) => {
    const code = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name ?? "")
    const point = code ? Number.parseInt(code[1] ?? code[2]!, code[1] ? 16 : 10) : Number.NaN
    if (point <= 0x10ffff) return String.fromCodePoint(point)
    const known = Object.hasOwn(ENTITIES, name ?? "") ? ENTITIES[name!] : undefined
    if (known === undefined) throw malformed()
    return known
  })
}

const TOKEN =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([^\s<>/]+)\s*>|<([^\s<>/!?]+)([^<>]*?)(\/?)>|([^<]+)/y

/** Reads the XML bodies S3 takes: elements and text. Attributes and namespaces are passed over, declarations of entities are malformed. */
export function readXml(body: Buffer): Element {
  const text = body.toString("utf8").replace(/^\uFEFF/, "")
  const root: Element = { name: "", text: "", children: [] }
  const open = [root]
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text)
    if (!token) throw malformed()
    const [, cdata, ends, starts, , isEmpty, words] = token
    const current = open.at(-1)!
    if (cdata !== undefined) current.text += cdata
    else if (words !== undefined) current.text += unescape(words)
    else if (ends !== undefined) {
      if (open.length === 1 || current.name !== local(ends)) throw malformed()
      open.pop()
    } else if (starts !== undefined) {
      const element: Element = { name: local(starts), text: "", children: [] }
      current.children.push(element)
      if (!isEmpty) open.push(element)
    }
  }
  if (open.length > 1 || root.children.length !== 1 || root.text.trim() !== "") throw malformed()
  return root.children[0]!
}

const local = (name: string): string => name.slice(name.indexOf(":") + 1)

/** The text of a child, or undefined. */
export const textOf = ({ children }: Element, name: string): string | undefined =>
  children.find((child) => child.name === name)?.text

/** Refuses a body whose root or children are others than these: unknown elements by name, so that nothing is silently passed over. */
export function expectElements(element: Element, name: string, children: readonly string[]): void {
  if (element.name !== name) throw malformed()
  const unknown = element.children.find((child) => !children.includes(child.name))
  if (unknown) throw new AwsError("NotSimulatedException", `NOT_SIMULATED: s3: element ${name}.${unknown.name}`)
}

/** Elements to be written: text, a list of equal elements, or elements below. Undefined is left out. */
export type Tree = string | number | boolean | undefined | readonly Tree[] | { readonly [name: string]: Tree }

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"

// XML 1.0 has no way to say most control characters; S3 writes them as references all the same.
// oxlint-disable-next-line no-control-regex
const ESCAPED = /[&<>"\u0000-\u0008\u000B-\u001F]/g
const NAMES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }

const escape = (text: string): string =>
  text.replace(ESCAPED, (character) => NAMES[character] ?? `&#x${character.charCodeAt(0).toString(16)};`)

function write(name: string, value: Tree): string {
  if (value === undefined) return ""
  if (Array.isArray(value)) return value.map((each: Tree) => write(name, each)).join("")
  if (typeof value !== "object") return `<${name}>${escape(String(value))}</${name}>`
  const inner = Object.entries(value).map(([child, below]) => write(child, below as Tree))
  return `<${name}>${inner.join("")}</${name}>`
}

/** An XML document of S3. */
export const xml = (root: string, content: { readonly [name: string]: Tree }): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, content).replace(`<${root}>`, `<${root} xmlns="${NAMESPACE}">`)}`

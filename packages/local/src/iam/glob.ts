export type Matcher = (value: string) => boolean

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

const toRegExp = (pattern: string, star: string, one: string, flags: string) =>
  pattern
    .split(/([*?])/)
    .map((part) => (part === "*" ? star : part === "?" ? one : flags.includes("i") ? escaped(part.toLowerCase()) : escaped(part)))
    .join("")

/** `*` stands for any run of characters, `?` for exactly one. */
export function glob(pattern: string, options: { ignoreCase?: boolean } = {}): Matcher {
  const flags = options.ignoreCase ? "is" : "s"
  if (/^\*+$/.test(pattern)) return () => true
  if (!/[*?]/.test(pattern)) {
    if (!options.ignoreCase) return (value) => value === pattern
    const lower = pattern.toLowerCase()
    return (value) => value.toLowerCase() === lower
  }
  const expression = new RegExp(`^${toRegExp(pattern, ".*", ".", flags)}$`, flags)
  return (value) => expression.test(value)
}

/**
 * Wildcards of an ARN stay inside their segment, except a `*` that ends a segment; the sixth segment (the resource) may hold colons of its own:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function arnGlob(pattern: string): Matcher {
  const segments = pattern.split(":")
  if (segments.length < 6 || !/[*?]/.test(pattern)) return glob(pattern)
  const head = segments.slice(0, 5).map((segment) => {
    const open = segment.endsWith("*")
    const inner = toRegExp(open ? segment.slice(0, -1) : segment, "[^:]*", "[^:]", "s")
    return open ? `${inner}.*` : inner
  })
  const rest = toRegExp(segments.slice(5).join(":"), ".*", ".", "s")
  const expression = new RegExp(`^${[...head, rest].join(":")}$`, "s")
  return (value) => expression.test(value)
}

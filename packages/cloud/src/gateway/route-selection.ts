/** `$request.body.action` of a frame; undefined for what is not a JSON object with that text in it. */
export function selectorOf(expression: string): (body: string) => string | undefined {
  const path = expression
    .replace(/^\$\{?request\.body\./, "")
    .replace(/\}$/, "")
    .split(".")
  return (body) => {
    let value: unknown
    try {
      value = JSON.parse(body)
    } catch {
      return undefined
    }
    for (const name of path) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined
      value = (value as Record<string, unknown>)[name]
    }
    return typeof value === "string" ? value : undefined
  }
}

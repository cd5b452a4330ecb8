import { invalidArgument } from "./error.ts"

/** A count such as `max-keys`: at most 1,000 are given, whatever is asked. */
export function limitOf(query: URLSearchParams, name: string): number {
  const text = query.get(name)
  if (text === null || text === "") return 1_000
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2 ** 31 - 1)
    throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`)
  return Math.min(Number(text), 1_000)
}

/** How keys are written: as they are, or percent-encoded so that any XML reader can take them. */
export function keyWriter(query: URLSearchParams): (key: string) => string {
  const type = query.get("encoding-type")
  if (type === null) return (key) => key
  if (type !== "url") throw invalidArgument("encoding-type", type, "Invalid Encoding Method specified in Request")
  return (key) =>
    encodeURIComponent(key)
      .replaceAll("%2F", "/")
      .replace(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

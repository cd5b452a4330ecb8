/** Headers of an object that the engine does not keep; they travel in its metadata under this prefix. */
const KEPT_PREFIX = "x-amz-meta-backline-kept-"
const KEPT = ["content-type", "content-encoding", "cache-control", "content-disposition", "content-language", "expires"] as const

/**
 * Headers for the engine. Its body parsers go by content type and would read JSON and forms as such, so it always gets bytes;
 * of the encodings it only needs to know `aws-chunked`, which is the transport's and never the object's.
 */
export function toEngine(headers: Readonly<Record<string, string>>): Record<string, string> {
  const encodings = (headers["content-encoding"] ?? "").split(",").map((name) => name.trim())
  const own = encodings.filter((name) => name && name !== "aws-chunked").join(",")
  const kept = KEPT.map((name) => [name, name === "content-encoding" ? own : headers[name]] as const).filter(([, value]) => value)
  const passed = Object.entries(headers).filter(([name]) => /^(x-amz-(meta|copy|metadata)-|range$|if-)/.test(name))
  return {
    ...Object.fromEntries(passed),
    ...Object.fromEntries(kept.map(([name, value]) => [KEPT_PREFIX + name, value!])),
    host: "127.0.0.1",
    "content-type": "application/octet-stream",
    ...(encodings.includes("aws-chunked") && { "content-encoding": "aws-chunked" }),
  }
}

/** Headers for the client: what was kept comes back, and `response-content-type` and the like of a signed URL win. */
export function fromEngine(
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
  isObject: boolean,
): Record<string, string> {
  const plain = Object.entries(headers).filter(
    ([name]) => !name.startsWith(KEPT_PREFIX) && name !== "connection" && name !== "date",
  )
  const kept = Object.entries(headers)
    .filter(([name]) => name.startsWith(KEPT_PREFIX))
    .map(([name, value]) => [name.slice(KEPT_PREFIX.length), value])
  const asked = isObject
    ? [...query].filter(([name]) => name.startsWith("response-")).map(([name, value]) => [name.slice("response-".length), value])
    : []
  return {
    ...Object.fromEntries(plain),
    ...(isObject && { "accept-ranges": "bytes" }),
    ...Object.fromEntries(kept),
    ...Object.fromEntries(asked),
  }
}

/** An answer of the gateway; `set-cookie` may repeat. */
export interface Answer {
  status: number
  headers: Record<string, string | string[]>
  body: Buffer
}

/** One of the gateway's own answers, in AWS's words. */
export const own = (status: number, message: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: Buffer.from(JSON.stringify({ message })),
})

export const internalServerError = (): Answer => own(500, "Internal Server Error")

/** Headers that belong to the connection between gateway and client, whatever the function says. */
const HOP = new Set(["connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"])
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

function headersFrom(headers: unknown): Record<string, string | string[]> | undefined {
  const result: Record<string, string | string[]> = {}
  if (headers === undefined || headers === null) return result
  if (typeof headers !== "object" || Array.isArray(headers)) return undefined
  for (const [name, value] of Object.entries(headers)) {
    const text = String(value)
    if (!TOKEN.test(name) || !VALUE.test(text)) return undefined
    if (!HOP.has(name.toLowerCase())) result[name.toLowerCase()] = text
  }
  return result
}

/**
 * What a function returned, as an answer: an object with `statusCode` says it all; anything else is a 200 with its JSON.
 * A result the gateway cannot use is a 500, as in AWS.
 */
export function answerOf(payload: any): Answer {
  if (typeof payload !== "object" || payload === null || !Object.hasOwn(payload, "statusCode")) {
    const body = typeof payload === "string" ? payload : JSON.stringify(payload ?? null)
    return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(body) }
  }
  const status = Number(payload.statusCode)
  const headers = headersFrom(payload.headers)
  const { body = "", cookies = [], isBase64Encoded = false } = payload
  const usable = Number.isInteger(status) && status >= 200 && status <= 599 && headers && Array.isArray(cookies)
  if (!usable || (body !== null && typeof body !== "string")) return internalServerError()
  const bytes = Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8")
  if (bytes.length > 0) headers["content-type"] ??= "text/plain;charset=UTF-8"
  if (cookies.length > 0) headers["set-cookie"] = cookies.map(String)
  return { status, headers, body: bytes }
}

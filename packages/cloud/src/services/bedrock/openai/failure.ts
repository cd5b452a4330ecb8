import { AwsError } from "../../../service.ts"

const MAX_TEXT = 500

/** A server's refusal in words of one kind: names that stand where others send a number. */
const NAMED: Readonly<Record<string, number>> = {
  rate_limit_exceeded: 429,
  rate_limit_error: 429,
  insufficient_quota: 429,
  overloaded_error: 529,
  invalid_api_key: 401,
  model_not_found: 404,
}

/** The status that an error inside an answer stands for. */
export function statusOf({ code, status, type }: { code?: unknown; status?: unknown; type?: unknown }): number {
  for (const each of [code, status, type]) {
    const number = NAMED[String(each)] ?? Number(each)
    if (number >= 400 && number < 600) return number
  }
  return 500
}

/** An OpenAI-compatible server's refusal in Bedrock's words. Its own text goes along: it is the reader's own server. `retryAfter` as it said it. */
export function refusalOf(status: number, body: string, retryAfter?: string | null): AwsError {
  const text = messageOf(body).slice(0, MAX_TEXT)
  const headers: Record<string, string> = retryAfter ? { "retry-after": retryAfter } : {}
  /** 529: overloaded. */
  if (status === 429 || status === 529)
    return new AwsError("ThrottlingException", `Too many requests to the model server. ${text}`, 429, {}, headers)
  if (status === 401 || status === 403)
    return new AwsError("AccessDeniedException", `The model server refused BACKLINE_MODEL_KEY. ${text}`, 403)
  if (status === 404)
    return new AwsError(
      "ResourceNotFoundException",
      `The model server does not know this model or path; check BACKLINE_MODEL_URL and BACKLINE_MODEL_NAME. ${text}`,
      404,
    )
  if (status === 408 || status === 504) return new AwsError("ModelTimeoutException", `The model server timed out. ${text}`, 408)
  /** 502, and 520 to 527, are what a proxy says before a server that does not answer. */
  if (status === 503 || status === 502 || (status >= 520 && status <= 527))
    return new AwsError("ServiceUnavailableException", `The model server is not available. ${text}`, 503, {}, headers)
  if (status >= 400 && status < 500) return new AwsError("ValidationException", `The model server refused the request. ${text}`)
  return new AwsError("ModelErrorException", `The model server failed with ${status}. ${text}`, 424, {
    originalStatusCode: status,
    resourceName: "BACKLINE_MODEL_URL",
  })
}

/** What the server says of it. A page for browsers says nothing. */
function messageOf(body: string): string {
  try {
    const { error, message: own } = JSON.parse(body) as { error?: { message?: unknown } | string; message?: unknown }
    const message = typeof error === "string" ? error : (error?.message ?? own)
    return typeof message === "string" ? message : ""
  } catch {
    return body.trimStart().startsWith("<") ? "" : body
  }
}

/** No answer at all: nobody listens, or the line broke. */
export function brokenLine(thrown: unknown, url: string): AwsError {
  if (thrown instanceof AwsError) return thrown
  const cause =
    thrown instanceof Error ? ((thrown.cause as { code?: string } | undefined)?.code ?? thrown.message) : String(thrown)
  return new AwsError(
    "ServiceUnavailableException",
    `The model server at ${new URL(url).origin} does not answer (${cause}). Start it, or unset BACKLINE_MODEL_URL.`,
    503,
  )
}

import { AwsError } from "../../../service.ts"

const MAX_TEXT = 500

/** An OpenAI-compatible server's refusal in Bedrock's words. Its own text goes along: it is the reader's own server. */
export function refusalOf(status: number, body: string): AwsError {
  const text = messageOf(body).slice(0, MAX_TEXT)
  if (status === 429) return new AwsError("ThrottlingException", `Too many requests to the model server. ${text}`, 429)
  if (status === 401 || status === 403)
    return new AwsError("AccessDeniedException", `The model server refused BACKLINE_MODEL_KEY. ${text}`, 403)
  if (status === 404)
    return new AwsError(
      "ResourceNotFoundException",
      `The model server does not know this model or path; check BACKLINE_MODEL_URL and BACKLINE_MODEL_NAME. ${text}`,
      404,
    )
  if (status === 408 || status === 504) return new AwsError("ModelTimeoutException", `The model server timed out. ${text}`, 408)
  if (status === 503) return new AwsError("ServiceUnavailableException", `The model server is not available. ${text}`, 503)
  if (status >= 400 && status < 500) return new AwsError("ValidationException", `The model server refused the request. ${text}`)
  return new AwsError("ModelErrorException", `The model server failed with ${status}. ${text}`, 424, {
    originalStatusCode: status,
    resourceName: "BACKLINE_MODEL_URL",
  })
}

function messageOf(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } | string }
    const message = typeof error === "string" ? error : error?.message
    return typeof message === "string" ? message : ""
  } catch {
    return body
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

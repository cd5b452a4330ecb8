import { setTimeout as sleep } from "node:timers/promises"
import { config } from "./config.ts"
import { tellDenial } from "./denial.ts"
import { type Fault, faultOf, isAboutTime, patience } from "./retry.ts"
import { type Answer, type Call, signedCaller } from "./signed-call.ts"

/** What a service refused: `name` is its code, and what it told besides stands beside it, as with the SDK. */
class ServiceError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly $metadata: { httpStatusCode: number; requestId: string | undefined; attempts: number },
    details: object = {},
  ) {
    super(message)
    Object.assign(this, details)
  }
}

interface Refusal {
  name: string
  message: string
  details?: object
}

interface Settings {
  service: "dynamodb" | "sqs" | "s3"
  /** First part of the host's name in AWS, where it is not the service's. */
  host?: string
  timeoutMs: number
  /** Upper bound of the pause before the second attempt. */
  firstPauseMs: number
  /** Reads a refusal out of an answer. */
  refusalOf(answer: Answer): Refusal
}

const ATTEMPTS = 4

/** Endpoint variables go before what the Region says, the service's own first: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
export const endpointOf = (service: Settings["service"], host: string = service): string =>
  config(`AWS_ENDPOINT_URL_${service.toUpperCase() as Uppercase<typeof service>}`) ??
  config("AWS_ENDPOINT_URL") ??
  `https://${host}.${config("AWS_REGION")}.amazonaws.com`

const hintOf = ({ headers }: Answer): number | undefined => {
  const ms = Number(headers["x-amz-retry-after"] ?? Number.NaN)
  return Number.isNaN(ms) ? undefined : ms
}

/** In IAM's words, as far as a request tells: `dynamodb:PutItem`, `s3:PUT`. */
const actionOf = (service: string, { method, headers }: Pick<Call, "method" | "headers">): string =>
  `${service}:${headers?.["x-amz-target"]?.split(".").at(-1) ?? method}`

interface Failed {
  error: Error
  fault: Fault | undefined
  hintMs?: number
}

/** A service by signed calls, tried again as the SDK's clients are set up to do; what stays refused is thrown as a ServiceError. */
export function serviceClient({ service, host, timeoutMs, firstPauseMs, refusalOf }: Settings) {
  const { pauseAfter, succeeded } = patience(ATTEMPTS, firstPauseMs)
  let caller: ReturnType<typeof signedCaller> | undefined

  async function attemptOf(parts: Omit<Call, "timeoutMs">, attempt: number): Promise<Answer | Failed> {
    const headers = { ...parts.headers, "amz-sdk-request": `attempt=${attempt}; max=${ATTEMPTS}` }
    let answer: Answer
    try {
      answer = await caller!({ ...parts, headers, timeoutMs })
    } catch (thrown) {
      const error = thrown as NodeJS.ErrnoException
      return { error, fault: faultOf({ name: error.name, code: error.code }) }
    }
    if (answer.status < 300) return answer
    const { name, message: whole, details } = refusalOf(answer)
    // Below its first line a refused signature is told in full, the session's token in it: nothing to be logged.
    const [message = ""] = whole.split("\n")
    const requestId = answer.headers["x-amzn-requestid"] ?? answer.headers["x-amz-request-id"]
    const $metadata = { httpStatusCode: answer.status, requestId: requestId?.toString(), attempts: attempt }
    const isCorrected = isAboutTime(name) && caller!.correctClock(answer.headers.date)
    const fault = isCorrected ? "transient" : faultOf({ name, message, status: answer.status })
    return { error: new ServiceError(name, message, $metadata, details), fault, hintMs: hintOf(answer) }
  }

  async function call(parts: Omit<Call, "timeoutMs">): Promise<Answer> {
    caller ??= signedCaller(service, endpointOf(service, host))
    let last: Fault | undefined
    for (let attempt = 1; ; attempt++) {
      const outcome = await attemptOf(parts, attempt)
      if ("status" in outcome) {
        succeeded(last)
        return outcome
      }
      const { error, fault, hintMs } = outcome
      const pause = fault && pauseAfter(attempt, fault, hintMs)
      if (pause === undefined) {
        tellDenial(error, actionOf(service, parts))
        throw error
      }
      last = fault
      await sleep(pause, undefined, { signal: parts.signal })
    }
  }

  return {
    call,
    destroy(): void {
      caller?.destroy()
      caller = undefined
    },
  }
}

/** A refusal in AWS's JSON protocols: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization */
export function jsonRefusal({ status, body }: Answer): Refusal {
  try {
    const { __type, message, Message, ...details } = JSON.parse(body.toString("utf8"))
    return { name: __type.split("#").at(-1), message: message ?? Message ?? "", details }
  } catch {
    /** Not the service itself: the status has to do. */
    return { name: `Http${status}`, message: `A service answered ${status}.` }
  }
}

/** The error of a refused call that was signed without a client around it; a denial is told. */
export function refusedCall(answer: Answer, action: string): Error {
  const { name, message } = jsonRefusal(answer)
  const error = Object.assign(new Error(`${action} answered ${answer.status} ${name}. ${message.split("\n")[0]}`), { name })
  tellDenial(error, action)
  return error
}

/** One operation of a service, with the types of what goes in and comes out. */
export abstract class Command<I, O> {
  /** As the service calls it. */
  abstract readonly operation: string
  /** Never set: it carries the type of the answer. */
  declare readonly output: O

  constructor(readonly input: I) {}
}

export interface SendOptions {
  abortSignal?: AbortSignal
}

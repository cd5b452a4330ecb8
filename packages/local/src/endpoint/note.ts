import type { Call } from "../calls.ts"
import type { AwsRequest } from "../service.ts"

/** What the call log says of a request beside its answer. */
export type Note = Partial<Pick<Call, "function" | "invocation" | "attempt" | "fault" | "status" | "error">>

const notes = new WeakMap<AwsRequest, Note>()

/** Adds to what the call log will say of a request; later notes win over what its answer says. */
export function noted(request: AwsRequest, note: Note): void {
  notes.set(request, { ...notes.get(request), ...note })
}

/** `attempt=2; max=3`, as SDK clients count: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const attemptOf = (header: string | undefined): number => Number(/attempt=(\d+)/.exec(header ?? "")?.[1] ?? 1)

/**
 * The invocation whose trace a request carries. A worker's trace is made of its request id: 24 hexadecimal digits in the root, the rest at
 * the end of the parent. https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
function invocationOf(header: string | undefined): string | undefined {
  const [, root, parent] = /Root=1-[\da-f]{8}-([\da-f]{24});Parent=[\da-f]{8}([\da-f]{8})/.exec(header ?? "") ?? []
  if (!root || !parent) return undefined
  return `${root}${parent}`.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
}

/** Everything noted of a request, and what its own headers say. */
export const noteOf = (request: AwsRequest): Note & { attempt: number } => ({
  function: request.caller.functionName,
  invocation: invocationOf(request.headers["x-amzn-trace-id"]),
  attempt: attemptOf(request.headers["amz-sdk-request"]),
  ...notes.get(request),
})

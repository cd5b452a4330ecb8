import type { Call } from "../call.ts"
import type { AwsRequest } from "../service.ts"

/** What the call log says of a request beside its answer. */
export type Note = Partial<Pick<Call, "function" | "attempt" | "fault" | "status" | "error">> & { span?: string }

const notes = new WeakMap<AwsRequest, Note>()

/** Adds to what the call log will say of a request; later notes win over what its answer says. */
export function noted(request: AwsRequest, note: Note): void {
  notes.set(request, { ...notes.get(request), ...note })
}

/** `attempt=2; max=3`, as SDK clients count: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const attemptOf = (header: string | undefined): number => Number(/attempt=(\d+)/.exec(header ?? "")?.[1] ?? 1)

/** The parent that a worker's calls name, which stands for its invocation: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
const spanOf = (header: string | undefined): string | undefined => /Parent=([\da-f]{16})/.exec(header ?? "")?.[1]

/** Everything noted of a request, and what its own headers say. */
export const noteOf = (request: AwsRequest): Note & { attempt: number } => ({
  function: request.caller.functionName,
  span: spanOf(request.headers["x-amzn-trace-id"]),
  attempt: attemptOf(request.headers["amz-sdk-request"]),
  ...notes.get(request),
})

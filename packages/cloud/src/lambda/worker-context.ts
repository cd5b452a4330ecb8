import type { Boot, Invocation } from "./protocol.ts"

export type Handler = (event: unknown, context: object, callback: (error: unknown, payload?: unknown) => void) => unknown

/** The context object: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export function contextOf(
  { function: self, paused }: Boot,
  { id, arn }: Invocation,
  deadline: number,
  onWaits: (waits: boolean) => void,
): object {
  let waits = true
  const standing = new Float64Array(paused)
  const before = standing[0]!
  return {
    awsRequestId: id,
    functionName: self.name,
    functionVersion: self.version,
    invokedFunctionArn: arn,
    memoryLimitInMB: String(self.memoryMb),
    logGroupName: self.logGroup,
    logStreamName: self.logStream,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline + standing[0]! - before - performance.now())),
    get callbackWaitsForEmptyEventLoop() {
      return waits
    },
    set callbackWaitsForEmptyEventLoop(value: boolean) {
      waits = value
      onWaits(value)
    },
  }
}

import type { Resource } from "../../service.ts"

/** An AWS::Lambda::EventSourceMapping with its defaults: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
export interface Mapping {
  id: string
  function: string
  sourceArn: string
  enabled: boolean
  batchSize: number
  windowMs: number
  /** ReportBatchItemFailures */
  partial: boolean
  /** SQS: invocations at once. */
  maxConcurrency: number
  startingPosition: string
  /** Epoch milliseconds, for AT_TIMESTAMP. */
  startingAt: number
  parallelization: number
  bisect: boolean
  /** Repetitions of a failed batch; Infinity until the records expire. */
  maxRetries: number
  maxAgeMs: number
  onFailure?: string
}

/** AWS starts with five pollers per queue. */
const SQS_CONCURRENCY = 5

/** -1 and absence mean without end. */
const bounded = (value: unknown): number => (value === undefined || Number(value) < 0 ? Infinity : Number(value))

export function readMapping({ properties: p, identity }: Resource): Mapping {
  const sourceArn = String(p.EventSourceArn)
  const isQueue = sourceArn.includes(":sqs:")
  return {
    id: identity.ref,
    function: String(p.FunctionName),
    sourceArn,
    enabled: p.Enabled === undefined || String(p.Enabled) === "true",
    batchSize: Number(p.BatchSize ?? (isQueue ? 10 : 100)),
    windowMs: Number(p.MaximumBatchingWindowInSeconds ?? 0) * 1000,
    partial: (p.FunctionResponseTypes ?? []).includes("ReportBatchItemFailures"),
    maxConcurrency: Number(p.ScalingConfig?.MaximumConcurrency ?? SQS_CONCURRENCY),
    startingPosition: String(p.StartingPosition ?? "TRIM_HORIZON"),
    startingAt: Number(p.StartingPositionTimestamp ?? 0) * 1000,
    parallelization: Number(p.ParallelizationFactor ?? 1),
    bisect: String(p.BisectBatchOnFunctionError) === "true",
    maxRetries: bounded(p.MaximumRetryAttempts),
    maxAgeMs: bounded(p.MaximumRecordAgeInSeconds) * 1000,
    onFailure: p.DestinationConfig?.OnFailure?.Destination,
  }
}

import type { Resource } from "../../service.ts"
import { type Filter, readFilter } from "./filter.ts"

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
  filter: Filter
}

/** AWS starts with five pollers per queue. */
const SQS_CONCURRENCY = 5

/** -1 and absence mean without end. */
const bounded = (value: unknown): number => (value === undefined || Number(value) < 0 ? Infinity : Number(value))

/** A limit of the API: its message names property and range. */
function requireRange(name: string, value: number, from: number, to: number, owner: string): void {
  if (!Number.isInteger(value) || value < from || value > to)
    throw new Error(`${owner}: ${name} is ${value}; it must be a whole number from ${from} to ${to}.`)
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
function requireQueueRules(mapping: Mapping, isFifo: boolean, owner: string): void {
  const { batchSize, windowMs, maxConcurrency } = mapping
  requireRange("BatchSize", batchSize, 1, isFifo ? 10 : 10_000, owner)
  if (isFifo && windowMs > 0) throw new Error(`${owner}: MaximumBatchingWindowInSeconds is not for FIFO queues.`)
  if (batchSize > 10 && windowMs === 0)
    throw new Error(`${owner}: Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10.`)
  if (maxConcurrency !== SQS_CONCURRENCY) requireRange("ScalingConfig.MaximumConcurrency", maxConcurrency, 2, 1_000, owner)
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html */
function requireStreamRules(
  { batchSize, parallelization, startingPosition, maxRetries, maxAgeMs }: Mapping,
  owner: string,
): void {
  requireRange("BatchSize", batchSize, 1, 10_000, owner)
  requireRange("ParallelizationFactor", parallelization, 1, 10, owner)
  if (!["LATEST", "TRIM_HORIZON", "AT_TIMESTAMP"].includes(startingPosition))
    throw new Error(`${owner}: StartingPosition ${startingPosition} is none of LATEST, TRIM_HORIZON, AT_TIMESTAMP.`)
  if (maxRetries !== Infinity) requireRange("MaximumRetryAttempts", maxRetries, 0, 10_000, owner)
  if (maxAgeMs !== Infinity) requireRange("MaximumRecordAgeInSeconds", maxAgeMs / 1000, 60, 604_800, owner)
}

/** Throws what AWS would refuse when the mapping is made. */
export function readMapping({ properties: p, identity, logicalId }: Resource): Mapping {
  const sourceArn = String(p.EventSourceArn)
  const service = sourceArn.split(":")[2] ?? ""
  const isQueue = service === "sqs"
  const mapping: Mapping = {
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
    filter: readFilter(p.FilterCriteria, service, logicalId),
  }
  requireRange("MaximumBatchingWindowInSeconds", mapping.windowMs / 1000, 0, 300, logicalId)
  if (isQueue) requireQueueRules(mapping, sourceArn.endsWith(".fifo"), logicalId)
  else requireStreamRules(mapping, logicalId)
  return mapping
}

import { type Charge, charge, chunks } from "./charge.ts"
import { PRICES } from "./prices.ts"

export type Architecture = keyof typeof PRICES.lambda.gbSecond

/** One invocation: a request, and its whole milliseconds by the memory it was given. */
export const invocationCharges = (billedMs: number, memoryMb: number, architecture: Architecture): Charge[] => [
  ...charge("lambda", "request", 1, PRICES.lambda.request),
  ...charge("lambda", "gbSecond", (billedMs / 1000) * (memoryMb / 1024), PRICES.lambda.gbSecond[architecture]),
]

/** One request of an HTTP API, in units of 512 KB of what came in and what went out together. */
export const httpCharges = (bytes: number): Charge[] =>
  charge("apigateway", "httpRequest", chunks(bytes, PRICES.apigateway.httpUnitBytes), PRICES.apigateway.httpRequest)

/** One WebSocket message in either direction, in units of 32 KB. */
export const messageCharges = (bytes: number): Charge[] =>
  charge("apigateway", "message", chunks(bytes, PRICES.apigateway.messageUnitBytes), PRICES.apigateway.message)

/** The minutes that a connection was open, started ones counted. */
export const connectionCharges = (ms: number): Charge[] =>
  charge("apigateway", "connectionMinute", Math.max(1, Math.ceil(ms / 60_000)), PRICES.apigateway.connectionMinute)

export const distributionCharges = (bytesOut: number): Charge[] => [
  ...charge("cloudfront", "request", 1, PRICES.cloudfront.request),
  ...charge("cloudfront", "byteOut", bytesOut, PRICES.cloudfront.byteOut),
]

export const warehouseCharges = (seconds: number, rpu: number): Charge[] =>
  charge("redshift", "rpuSecond", seconds * rpu, PRICES.redshift.rpuSecond)

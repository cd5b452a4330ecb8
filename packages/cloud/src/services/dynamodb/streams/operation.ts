import type { Streams } from "./index.ts"

export interface StreamRequest {
  json: any
  streams: Streams
  headers: Record<string, string>
}

/** Answers one operation of DynamoDB Streams; the answer is written as JSON. */
export type StreamOperation = (request: StreamRequest) => unknown

import { AwsError, type AwsRequest, type AwsResponse, type Cloud, type Place } from "../../service.ts"
import type { Stream } from "./stream.ts"
import type { Streams } from "./streams.ts"

/** What an operation works with. */
export interface Call {
  input: Record<string, any>
  streams: Streams
  cloud: Cloud
  request: AwsRequest
  /** cloud.now() when the call began. */
  now: number
}

/** One Kinesis operation; `resource` names what IAM is asked about, `stream` unless told. */
export interface Operation {
  resource?: "any"
  run(call: Call): AwsResponse
}

export const streamArn = ({ region, account }: Place, name: string): string =>
  `arn:aws:kinesis:${region}:${account}:stream/${name}`

export const ok = (request: AwsRequest, body: unknown, units?: Record<string, number>): AwsResponse => ({
  status: 200,
  headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": request.requestId },
  body: typeof body === "string" ? body : JSON.stringify(body),
  units,
})

/** Name of the stream that the input names by StreamARN or StreamName. */
export function streamName(input: Record<string, any>): string {
  const named = typeof input.StreamARN === "string" ? input.StreamARN.split(":stream/")[1] : input.StreamName
  // A stream is a folder in the data folder, so `.` and `..`, which AWS would take, are no names here.
  if (typeof named === "string" && /^(?!\.{1,2}$)[a-zA-Z0-9_.-]{1,128}$/.test(named)) return named
  throw new AwsError("InvalidArgumentException", "StreamARN or StreamName must name a stream.")
}

export const streamOf = ({ input, streams, cloud }: Call): Stream => streams.get(streamName(input), cloud.account)

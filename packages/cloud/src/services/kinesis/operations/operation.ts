import { type Access, AwsError, type Place } from "../../../service.ts"
import type { Call as AnyCall, Given, Operation } from "../../protocol/operation.ts"
import { readIterator } from "../iterator.ts"
import { readShardsToken } from "../shards-token.ts"
import type { Stream } from "../stream.ts"
import type { Streams } from "../streams.ts"

export interface Context {
  streams: Streams
}

export type Call<Input> = AnyCall<Input, Context>
type Named = Given<"StreamName" | "StreamARN">

/** One Kinesis operation; its input's members are its own to check. */
export const operation = <const Member extends string>(definition: Operation<Given<Member>, Context>) => definition

export const streamArn = ({ region, account }: Place, name: string): string =>
  `arn:aws:kinesis:${region}:${account}:stream/${name}`

/** Name of the stream that the input names by StreamARN or StreamName. */
export function streamName(input: Named): string {
  const named = typeof input.StreamARN === "string" ? input.StreamARN.split(":stream/")[1] : input.StreamName
  // A stream is a folder in the data folder, so `.` and `..`, which AWS would take, are no names here.
  if (typeof named === "string" && /^(?!\.{1,2}$)[a-zA-Z0-9_.-]{1,128}$/.test(named)) return named
  throw new AwsError("InvalidArgumentException", "StreamARN or StreamName must name a stream.")
}

export const streamOf = ({ input, streams, cloud }: Call<Named>): Stream => streams.get(streamName(input), cloud.account)

/** The stream a call is about; iterators and tokens carry it where the input does not. */
function namedStream(input: Named & Given<"ShardIterator" | "NextToken">): string {
  if (input.StreamARN !== undefined || input.StreamName !== undefined) return streamName(input)
  if (input.ShardIterator !== undefined) return readIterator(input.ShardIterator).stream
  if (input.NextToken !== undefined) return readShardsToken(input.NextToken).stream
  return streamName(input)
}

export const onStream =
  (action: string) =>
  ({ input, cloud }: Call<Named>): Access[] => [{ action: `kinesis:${action}`, resource: streamArn(cloud, namedStream(input)) }]

export const onAny = (action: string) => (): Access[] => [{ action: `kinesis:${action}`, resource: "*" }]

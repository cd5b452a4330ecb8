import type { AwsRequest, Place } from "../../service.ts"
import { tableArn } from "./operations.ts"

/** dynoxide's own region and account. */
const ENGINE_ARN = /arn:aws:dynamodb:[a-z0-9-]*:\d*:table\/([\w.-]+)(\/stream\/[\w.:-]+)?/g
/** The label of a stream is its birth; a fixed one is known before the table exists, and keeps two starts equal. */
export const STREAM_LABEL = "2025-01-01T00:00:00.000"
const OUR_LABEL = `/stream/${STREAM_LABEL}`

/** Translates ARNs between the cloud and the engine in calls about tables and streams; calls about items are never searched. */
export function withEngineStreams() {
  const engineStreams = new Map<string, string>()

  return {
    /** Our stream ARNs and wrapped iterators as the engine knows them. */
    toEngine(body: Buffer, operation: string): Buffer {
      if (operation === "GetRecords") return Buffer.from(body.toString("utf8").replace(/"arn:[^"|]*\|/, '"'))
      if (!body.includes(OUR_LABEL)) return body
      return Buffer.from(body.toString("utf8").replaceAll(/arn:[^"]*/g, (arn) => engineStreams.get(arn) ?? arn))
    },

    /** The engine's ARNs as ours, and iterators wrapped with the stream they read, because GetRecords is authorised on it. */
    fromEngine(body: Buffer, operation: string, request: AwsRequest, place: Place): Buffer {
      if (operation === "GetRecords") {
        const stream = String(request.json?.ShardIterator).split("|")[0]
        return Buffer.from(body.toString("utf8").replace(/"NextShardIterator":"/, `$&${stream}|`))
      }
      const own = body.toString("utf8").replaceAll(ENGINE_ARN, (arn: string, table: string, stream?: string) => {
        const ours = tableArn(place, table) + (stream ? OUR_LABEL : "")
        if (stream) engineStreams.set(ours, arn)
        return ours
      })
      if (operation !== "GetShardIterator") return Buffer.from(own)
      return Buffer.from(own.replace(/"ShardIterator":"/, `$&${request.json?.StreamArn}|`))
    },
  }
}

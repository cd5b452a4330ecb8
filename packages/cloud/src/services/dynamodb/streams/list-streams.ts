import { tableName } from "../arn.ts"
import { validated } from "../validation.ts"
import type { StreamOperation } from "./operation.ts"

const MOST_STREAMS = 100

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ListStreams.html */
export const listStreams: StreamOperation = ({ json, streams }) => {
  validated("ListStreams", json, ["TableName", "Limit", "ExclusiveStartStreamArn"])
  const all = streams.list(json.TableName === undefined ? undefined : tableName(String(json.TableName)))
  const after = all.findIndex(({ info }) => info.arn === json.ExclusiveStartStreamArn)
  const page = all.slice(after + 1, after + 1 + Math.min(Number(json.Limit ?? MOST_STREAMS), MOST_STREAMS))
  return {
    Streams: page.map(({ info }) => ({ StreamArn: info.arn, TableName: info.table, StreamLabel: info.label })),
    LastEvaluatedStreamArn: page.length > 0 && page.at(-1) !== all.at(-1) ? page.at(-1)!.info.arn : undefined,
  }
}

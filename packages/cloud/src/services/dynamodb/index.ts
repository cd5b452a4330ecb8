import { join } from "node:path"
import type { AwsRequest, AwsResponse, Cloud, Service } from "../../service.ts"
import { batch } from "./batch.ts"
import { Changes } from "./changes.ts"
import type { Database } from "./database.ts"
import { type Engine, startEngine } from "./engine.ts"
import { Holds } from "./holds.ts"
import { authorize, OPERATIONS } from "./operations.ts"
import { proxyTo } from "./proxy.ts"
import { read } from "./read.ts"
import { Settings } from "./settings.ts"
import { describeStream } from "./streams/describe-stream.ts"
import { getRecords } from "./streams/get-records.ts"
import { getShardIterator } from "./streams/get-shard-iterator.ts"
import { Streams } from "./streams/index.ts"
import { listStreams } from "./streams/list-streams.ts"
import type { StreamOperation } from "./streams/operation.ts"
import { tableOperation } from "./table-operations.ts"
import { TYPES } from "./table-type.ts"
import { Tables } from "./tables.ts"
import { Throughput } from "./throughput.ts"
import { Tokens } from "./tokens.ts"
import { transactGet, transactWrite } from "./transactions.ts"
import { describeTimeToLive, updateTimeToLive } from "./ttl-operations.ts"
import { Sweeper } from "./ttl.ts"
import { Vectors } from "./vectors/index.ts"
import { searchVectors } from "./vectors/search-vectors.ts"
import { withVectorCapacity } from "./vectors/write-capacity.ts"
import { write } from "./write.ts"

interface Options {
  /** Any DynamoDB instead of the engine of this package. */
  endpoint?: string
}

interface Running {
  engine: Engine
  database: Database
  sweeper: Sweeper
}

/** Access key id of calls without a caller of `cloud.call`: provisioning. */
const IN_PROCESS = "local"

const STREAM_OPERATIONS: Readonly<Record<string, StreamOperation>> = {
  ListStreams: listStreams,
  DescribeStream: describeStream,
  GetShardIterator: getShardIterator,
  GetRecords: getRecords,
}

async function start(endpoint: string | undefined, cloud: Cloud): Promise<Running> {
  const folder = cloud.data === undefined ? undefined : join(cloud.data, "dynamodb")
  const engine = await startEngine(endpoint, folder)
  const proxy = proxyTo(engine.url)
  const { ask } = proxy
  const tables = new Tables(ask)
  const streams = new Streams(folder, cloud, cloud.now)
  const settings = new Settings(folder)
  const vectors = new Vectors(ask, settings)
  const changes = new Changes(ask, streams, (writes) => vectors.touch(writes))
  const database: Database = {
    cloud,
    proxy,
    ask,
    tables,
    settings,
    streams,
    changes,
    holds: new Holds(),
    throughput: new Throughput(cloud, cloud.now),
    tokens: new Tokens(folder, cloud.now),
    vectors,
  }
  await tables.learnAll()
  vectors.recover()
  await changes.recover((name) => tables.find(name))
  const sweeper = new Sweeper(database)
  sweeper.start()
  return { engine, database, sweeper }
}

/** DynamoDB on dynoxide, a child process; this layer adds what the engine lacks: callers, conflicts, throughput, expiry, streams. */
export function dynamodb({ endpoint = process.env.BACKLINE_DYNAMODB_ENDPOINT }: Options = {}): Service {
  let starting: Promise<Running> | undefined
  let tables: Tables | undefined

  const running = (cloud: Cloud) =>
    (starting ??= start(endpoint, cloud).then((all) => {
      tables = all.database.tables
      return all
    }))

  async function answer(request: AwsRequest, operation: string, database: Database): Promise<AwsResponse> {
    if (request.headers["x-amz-target"]!.startsWith("DynamoDBStreams")) {
      const { json, headers } = request
      const told = await STREAM_OPERATIONS[operation]!({ json, headers, streams: database.streams })
      return { status: 200, body: Buffer.isBuffer(told) ? told : JSON.stringify(told) }
    }
    switch (operation) {
      case "PutItem":
      case "UpdateItem":
      case "DeleteItem":
        return withVectorCapacity(request, database, () => write(request, operation, database))
      case "GetItem":
      case "Query":
      case "Scan":
        return read(request, operation, database)
      case "BatchGetItem":
        return batch(request, operation, database)
      case "BatchWriteItem":
        return withVectorCapacity(request, database, () => batch(request, operation, database))
      case "TransactGetItems":
        return transactGet(request, database)
      case "TransactWriteItems":
        return withVectorCapacity(request, database, () => transactWrite(request, database))
      case "SearchVectors":
        return searchVectors(request, database)
      case "UpdateTimeToLive":
        return {
          status: 200,
          body: JSON.stringify(await updateTimeToLive(request.json, database, request.caller.accessKeyId === IN_PROCESS)),
        }
      case "DescribeTimeToLive":
        return { status: 200, body: JSON.stringify(await describeTimeToLive(request.json, database)) }
      default:
        return tableOperation(request, operation, database)
    }
  }

  return {
    names: ["dynamodb"],
    operations: OPERATIONS,
    protocol: "json",
    types: TYPES,
    start: async (cloud) => void (await running(cloud)),
    authorize: (request, place) => authorize(request, place, (name) => tables?.known(name)),
    async handle(request, operation, cloud) {
      const { database } = await running(cloud)
      const response = await answer(request, operation, database)
      return { ...response, headers: { "content-type": "application/x-amz-json-1.0" } }
    },
    /** Item counts, streams and throttled keys; a promise, because the engine is asked. */
    async state() {
      const all = await starting
      if (!all) return undefined
      const { database, sweeper } = all
      const counted = await Promise.all(
        database.tables.all().map(async ({ name }) => {
          const { json } = await database.ask("DescribeTable", { TableName: name })
          return { name, items: json.Table?.ItemCount }
        }),
      )
      const streams = database.streams.list().map(({ info, open, next, enabled }) => ({
        arn: info.arn,
        enabled,
        shard: open.id,
        records: next,
      }))
      return {
        tables: counted,
        streams,
        throttled: database.throughput.state(),
        expiry: { deleted: sweeper.deleted, sweptAt: sweeper.sweptAt },
      }
    },
    async stop() {
      const stopping = await starting?.catch(() => undefined)
      starting = undefined
      if (!stopping) return
      const { engine, database, sweeper } = stopping
      await sweeper.stop()
      database.streams.close()
      database.settings.close()
      database.tokens.close()
      database.proxy.close()
      await engine.stop()
    },
  }
}

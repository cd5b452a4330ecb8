import { fakeCloud } from "../../lambda/testing/fake-cloud.ts"
import { kinesis, Streams } from "./index.ts"

/** A cloud with streams alone, on a clock that stands still until it is moved; calls as an SDK makes them. */
export async function streamCloud(data?: string) {
  const streams = new Streams()
  const cloud = fakeCloud({ now: Date.UTC(2030, 0, 1) })
  cloud.data = data
  const service = kinesis(streams)
  await cloud.use(service)
  async function send(operation: string, input: object): Promise<any> {
    const { status, json } = await cloud.call({ service: "kinesis", target: `Kinesis_20131202.${operation}`, body: input })
    return { status, ...json }
  }
  /** Data of all records that a new iterator of that kind gives, page by page. */
  async function read(StreamName: string, ShardId: string, ShardIteratorType: string, more: object = {}): Promise<string[]> {
    const all: string[] = []
    let { ShardIterator } = await send("GetShardIterator", { StreamName, ShardId, ShardIteratorType, ...more })
    for (;;) {
      const { Records, NextShardIterator } = await send("GetRecords", { ShardIterator })
      all.push(...Records.map(({ Data }: { Data: string }) => textOf(Data)))
      // A shard gives 2 MiB a second.
      cloud.advance(6_000)
      if (Records.length === 0 || NextShardIterator === null) return all
      ShardIterator = NextShardIterator
    }
  }
  return { cloud, streams, send, read, stop: () => service.stop!() }
}

export const dataOf = (text: string): string => Buffer.from(text).toString("base64")
const textOf = (data: string): string => Buffer.from(data, "base64").toString()
export const ofBytes = (bytes: number): string => Buffer.alloc(bytes, 120).toString("base64")

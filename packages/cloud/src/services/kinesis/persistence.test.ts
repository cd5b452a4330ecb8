import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterEach, beforeEach, expect, test } from "vitest"
import type { Stream } from "./stream.ts"
import { Streams } from "./streams.ts"

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "backline-kinesis-"))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const options = (shards = 1) => ({
  name: "s",
  arn: "arn:aws:kinesis:us-east-1:1:stream/s",
  shards,
  mode: "PROVISIONED" as const,
  retentionHours: 24,
  createdAt: 1_700_000_000_000,
})

/** As after SIGKILL: what another process finds in the folder. */
function opened(where: string, shards = 1): { stream: Stream; streams: Streams } {
  const streams = new Streams()
  streams.keepIn(where)
  return { stream: streams.create(options(shards)), streams }
}

function put(stream: Stream, key: string, text: string, at: number): void {
  const data = Buffer.from(text)
  stream.shardFor(key).append(key, data.toString("base64"), data.length, Buffer.byteLength(key), at)
  stream.flush()
}

const content = (stream: Stream) =>
  stream.shards.map((shard) => ({
    id: shard.id,
    parents: shard.parents,
    closed: shard.closed,
    end: shard.end,
    records: Array.from({ length: shard.end - shard.start }, (_, index) => {
      const place = shard.place(shard.start + index)!
      const { segment, index: at } = place
      return [shard.sequence.at(shard.start + index), segment.key(at), segment.data(at), segment.arrival(at)]
    }),
  }))

const key = fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" })
const command = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("put" as const), key, text: fc.string({ maxLength: 200 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "kill" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "split" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "expire" as const }) },
)

test("whatever is put, split, trimmed and killed: the next run finds the stream as it was", () => {
  let runs = 0
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const where = join(folder, String(runs++))
      let { stream, streams } = opened(where)
      const model = new Streams().create(options())
      let now = options().createdAt
      for (const each of commands) {
        now += 60_000
        if (each.kind === "kill") {
          streams.close()
          ;({ stream, streams } = opened(where))
        } else
          for (const one of [stream, model])
            if (each.kind === "put") put(one, each.key, each.text, now)
            else if (each.kind === "expire") one.expire(now + 24 * 3_600_000 - 120_000)
            else {
              const [shard] = one.openShards()
              const { from, to } = shard!.range
              const middle = from + (to - from) / 2n
              one.reshard(
                [shard!],
                [
                  { from, to: middle },
                  { from: middle + 1n, to },
                ],
                now,
              )
            }
      }
      streams.close()
      const again = opened(where)
      expect(content(again.stream)).toEqual(content(model))
      again.streams.close()
    }),
    { numRuns: 60 },
  )
})

test("a block that was cut short is left out, at any byte; what was put before stays and more can be put", () => {
  const { stream, streams } = opened(folder)
  put(stream, "k", "first", 1)
  const file = join(folder, "s", "shardId-000000000000", readdirSync(join(folder, "s", "shardId-000000000000"))[0]!)
  const whole = readFileSync(file).length
  put(stream, "k", "second", 2)
  streams.close()
  for (let size = readFileSync(file).length - 1; size >= whole; size -= 5) {
    truncateSync(file, size)
    const { stream: found, streams: next } = opened(folder)
    expect(content(found)[0]!.records.map(([, , data]) => Buffer.from(String(data), "base64").toString())).toEqual(["first"])
    put(found, "k", "third", 3)
    next.close()
    const { stream: later, streams: last } = opened(folder)
    expect(later.shards[0]!.end).toBe(2)
    last.close()
    truncateSync(file, whole)
  }
})

test("a shard count that the template changes reshards once; a split that a call made stays", () => {
  const first = opened(folder, 2)
  first.streams.close()
  const second = opened(folder, 4)
  expect(second.stream.openShards()).toHaveLength(4)
  const [shard] = second.stream.openShards()
  const { from, to } = shard!.range
  second.stream.reshard(
    [shard!],
    [
      { from, to: from + 10n },
      { from: from + 11n, to },
    ],
    1_700_000_100_000,
  )
  second.streams.close()
  const third = opened(folder, 4)
  expect(third.stream.openShards()).toHaveLength(5)
  third.streams.close()
})

test("a hundred thousand records are there within seconds", () => {
  const { stream, streams } = opened(folder, 2)
  for (let n = 0; n < 100_000; n++) {
    const key = `venue-${n % 500}`
    const data = Buffer.from(JSON.stringify({ id: `evt-${n}`, type: "ticket.sold", at: n, data: { concert: key, seats: 2 } }))
    stream.shardFor(key).append(key, data.toString("base64"), data.length, key.length, Date.now())
    if (n % 500 === 499) stream.flush()
  }
  streams.close()
  const started = performance.now()
  const again = opened(folder, 2)
  const ms = performance.now() - started
  expect(again.stream.shards.reduce((sum, { end }) => sum + end, 0)).toBe(100_000)
  console.log(`100,000 records of a stream are read back in ${ms.toFixed(0)} ms`)
  expect(ms).toBeLessThan(3_000)
  again.streams.close()
})

import { ListObjectsV2Command, PutObjectCommand } from "../../src/s3/index.ts"
import { DeleteCommand, PutCommand, QueryCommand } from "../../src/dynamo/index.ts"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest"
import * as Y from "yjs"
import { dynamo, s3 } from "../../src/aws.ts"
import * as Document from "../../src/document/index.ts"
import { find } from "../../src/document/rights.ts"
import { headItem, versionItem } from "../../src/document/table.ts"
import { as, asSystem, base64, newClientId, read, startDocuments } from "./world.ts"

let world: Awaited<ReturnType<typeof startDocuments>>
const said = vi.spyOn(console, "log")
beforeAll(async () => {
  world = await startDocuments()
})
beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined))
afterEach(() => vi.restoreAllMocks())
afterAll(() => world.stop())

const compact = (id: string) => asSystem(() => Document.compact({ id: id as never }))

/** Lets the process die before the call of this number, counted over both clients, which is right after the one before; gives the calls that were begun. */
function dieAt(at: number): string[] {
  const begun: string[] = []
  for (const client of [dynamo(), s3()] as { send(command: object): Promise<unknown> }[]) {
    const real = client.send.bind(client)
    vi.spyOn(client, "send").mockImplementation(async (command) => {
      if (begun.length > at) throw new Error("dead")
      const index = begun.push(command.constructor.name) - 1
      if (index === at) throw new Error("died")
      return real(command)
    })
  }
  return begun
}

async function written() {
  const { id } = await as("ada", () => Document.create({ title: "A board" }))
  const mine = new Y.Doc()
  const edit = async (text: string) => {
    const before = Y.encodeStateVector(mine)
    mine.getText("t").insert(0, text)
    const update = Y.encodeStateAsUpdate(mine, before)
    await as("ada", () => Document.update({ doc: id, update: base64(update), clientId: newClientId() }))
  }
  for (const text of ["one ", "x".repeat(50_000), "three "]) await edit(text)
  return { id, edit, text: () => mine.getText("t").toString() }
}

const load = async (id: string) => (await as("ada", () => read(id, "reader"))).replica.getText("t").toString()
const items = async (id: string, prefix: string) =>
  (
    await dynamo().send(
      new QueryCommand({
        TableName: "documents",
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: { ":pk": `doc#${id}`, ":prefix": prefix },
        ConsistentRead: true,
      }),
    )
  ).Items!
const objects = async (prefix: string) =>
  ((await s3().send(new ListObjectsV2Command({ Bucket: "drafts", Prefix: prefix }))).Contents ?? []).map(({ Key }) => Key)

/** Positions that neither the log nor a committed, readable snapshot holds. */
async function unsafe(id: string): Promise<number> {
  const [head] = await items(id, "head")
  const inLog = new Set((await items(id, "log#")).map(({ seq }) => seq))
  const isKept = head!.snapshotKey !== undefined && (await objects(`snapshots/${id}/`)).includes(head!.snapshotKey)
  const held = isKept ? head!.snapshotSeq : 0
  return Array.from({ length: head!.seq }, (_, n) => n + 1).filter((seq) => seq > held && !inLog.has(seq)).length
}

test("a compaction that dies at any of its calls leaves a document that loads the same, and the next one finishes", async () => {
  let [deaths, lost, early] = [0, 0, 0]
  const points = new Set<string>()
  for (let at = 0; ; at++) {
    const { id, edit, text } = await written()
    const begun = dieAt(at)
    const isOver = await compact(id).then(
      () => true,
      () => false,
    )
    vi.restoreAllMocks()
    said.mockImplementation(() => undefined)
    if (isOver) break
    deaths++
    points.add(`${at} ${begun[at]}`)
    early += await unsafe(id)
    if ((await load(id)) !== text()) lost++
    await edit("more ")
    await compact(id)
    expect(await load(id)).toBe(text())
    expect(await items(id, "log#")).toEqual([])
    const versions = (await items(id, "version#")).map(({ key }) => key)
    const kept = await objects(`snapshots/${id}/`)
    expect(kept).toEqual(versions)
    expect(await objects(`updates/${id}/`)).toEqual([])
  }
  said.mockRestore()
  console.log(
    `${deaths} deaths at ${points.size} calls: reloads that differ ${lost}, entries deleted before their snapshot ${early}`,
  )
  expect([lost, early]).toEqual([0, 0])
  expect(points.size).toBeGreaterThan(12)
})

test("what finds entries deleted too early finds one that is", async () => {
  const { id } = await written()
  expect(await unsafe(id)).toBe(0)
  const [entry] = await items(id, "log#")
  await dynamo().send(new DeleteCommand({ TableName: "documents", Key: { pk: entry!.pk, sk: entry!.sk } }))
  expect(await unsafe(id)).toBe(1)
})

test("a log with a hole is an error, never a shorter document", async () => {
  const { id } = await written()
  const [, second] = await items(id, "log#")
  await dynamo().send(new DeleteCommand({ TableName: "documents", Key: { pk: second!.pk, sk: second!.sk } }))
  await expect(load(id)).rejects.toMatchObject({ code: "unavailable.document" })
  await expect(compact(id)).rejects.toMatchObject({ code: "unavailable.document" })
})

test("a snapshot that is not read back as it was written is never named, and nothing is deleted", async () => {
  const { id, text } = await written()
  const client = s3()
  const real = client.send.bind(client) as (command: object) => Promise<any>
  vi.spyOn(client, "send").mockImplementation(async (command: any) => {
    if (command.constructor.name !== "PutObjectCommand") return real(command)
    command.input.Body = command.input.Body.slice(0, -1)
    return real(command)
  })
  await expect(compact(id)).rejects.toMatchObject({ code: "unavailable.document" })
  vi.restoreAllMocks()
  said.mockImplementation(() => undefined)
  expect([await unsafe(id), (await items(id, "log#")).length]).toEqual([0, 3])
  expect(await load(id)).toBe(text())
})

test("compactions at once, while somebody writes, lose nothing", async () => {
  const { id, edit, text } = await written()
  const writing = (async () => {
    for (let n = 0; n < 15; n++) await edit(`${n} `)
  })()
  for (let n = 0; n < 4; n++) await Promise.all([compact(id), compact(id), load(id)])
  await writing
  expect(await unsafe(id)).toBe(0)
  expect(await load(id)).toBe(text())
  await compact(id)
  expect(await load(id)).toBe(text())
  const [head] = await items(id, "head")
  expect([head!.logBytes, (await items(id, "log#")).length]).toEqual([0, 0])
})

test("fifty versions stay, with their objects", async () => {
  const { id } = await as("ada", () => Document.create({ title: "Old" }))
  const key = (seq: number) => `snapshots/${id}/${String(seq).padStart(10, "0")}-x`
  const old = Array.from({ length: 50 }, (_, n) => ({ version: n + 1, at: n, bytes: 2, key: key(n + 1) }))
  for (const version of old) {
    await dynamo().send(new PutCommand({ TableName: "documents", Item: versionItem(id, version) }))
    await s3().send(new PutObjectCommand({ Bucket: "drafts", Key: version.key, Body: Uint8Array.of(0, 0) }))
  }
  const head = (await find(id))!
  const Item = headItem({ ...head, seq: 50, snapshotSeq: 50, snapshotKey: key(50), snapshotBytes: 2 })
  await dynamo().send(new PutCommand({ TableName: "documents", Item }))
  const update = new Y.Doc()
  update.getText("t").insert(0, "new")
  await as("ada", () => Document.update({ doc: id, update: base64(Y.encodeStateAsUpdate(update)), clientId: "new" }))
  await compact(id)
  const [versions, kept] = [await items(id, "version#"), await objects(`snapshots/${id}/`)]
  expect([versions.length, kept.length, kept[0]]).toEqual([50, 50, key(2)])
  const page = await as("ada", () => Document.versions({ id, limit: 30 }))
  const rest = await as("ada", () => Document.versions({ id, limit: 30, cursor: page.next }))
  expect([...page.items, ...rest.items].map(({ version }) => version)).toEqual(Array.from({ length: 50 }, (_, n) => 51 - n))
})

import { isConflict, IS_NEW, page, transact, unlessConflict, unlessRefused, UpdateCommand } from "../dynamo/index.ts"
import * as z from "zod"
import { useUser } from "../actor.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import { newId } from "../id.ts"
import * as Rights from "../rights/index.ts"
import { asMember } from "../room/read.ts"
import { busy, findAll, open } from "./rights.ts"
import { Head, headItem, headKey, idOfListed, Info, listedIn, listedOf, listsOf, People, Title } from "./table.ts"
import { Cursor, Key } from "../text.ts"

export { compact } from "./compact.ts"
export { awareness, Update, update } from "./edit.ts"
export { join, leave } from "./join.ts"
export { Info } from "./table.ts"
export { restore, versions } from "./versions.ts"

/** An empty document of the signed-in person, for the people or the room it names too. */
export const create = fn(
  () => Info.pick({ room: true }).extend({ title: Title, members: People.default([]) }),
  async ({ title, room, members }) => {
    const { userId } = useUser()
    if (room !== undefined) await asMember(room, userId)
    const id = newId("document")
    const at = now()
    const info: Info = {
      id,
      title,
      owner: userId,
      room,
      members,
      version: 1,
      epoch: id.slice(-8),
      seq: 0,
      createdAt: at,
      updatedAt: at,
    }
    const TableName = config("DOCUMENT_TABLE")
    const head = headItem({ ...info, snapshotSeq: 0, snapshotBytes: 0, logBytes: 0 })
    const listed = listsOf(info).map((list) => [list, { Put: { TableName, Item: listedIn(list, id) } }])
    const refused = await transact({
      head: { Put: { TableName, Item: head, ConditionExpression: IS_NEW } },
      ...Object.fromEntries(listed),
    })
    if (refused.size > 0) throw busy()
    return info
  },
)

/** Documents that one owns or is a member of, or those of a room that one is in; newest first. */
export const list = fn(
  () =>
    z.object({
      room: Info.shape.room,
      cursor: Cursor.optional(),
      limit: z.coerce.number().int().min(1).max(100).default(25),
    }),
  async ({ room, cursor, limit }) => {
    const { userId } = useUser()
    if (room !== undefined) await asMember(room, userId)
    const listed = listedOf(room === undefined ? { userId } : { room })
    const { items, next } = await page({ table: config("DOCUMENT_TABLE"), ...listed, cursor, limit, newestFirst: true })
    const ids = items.map((item) => idOfListed(item.sk))
    const found = await findAll(ids)
    return { items: ids.flatMap((id) => found.get(id) ?? []), next }
  },
)

/** A document that the signed-in person may open; `missing.document` for any other. */
export const get = fn(
  () => z.object({ id: Key(64) }),
  async ({ id }) => Info.parse(await open(id)),
)

/**
 * Changes title or people, if `version` is still the one that was read; else `conflict.version`. Everybody who may open it may name it; who may open it
 * is the owner's to say. The lists change in the same transaction; who was removed is taken off the readers after it, by the sweep where that dies.
 */
export const change = fn(
  () => z.object({ id: Key(64), version: z.number().int(), title: Title.optional(), members: People.optional() }),
  async ({ id, version, title, members }) => {
    const head = await open(id)
    if (members && head.owner !== useUser().userId)
      throw new AppError("forbidden", "forbidden.owner", "Only the owner says who may open a document. Ask them.")
    const changed: Head = { ...head, title: title ?? head.title, members: members ?? head.members }
    const [before, after] = [new Set(listsOf(head)), new Set(listsOf(changed))]
    const TableName = config("DOCUMENT_TABLE")
    const conflict = new AppError("conflict", "conflict.version", "Somebody changed it meanwhile. Read it again, then decide.")
    if (head.version !== version) throw conflict
    const Update = {
      TableName,
      Key: headKey(head.id),
      UpdateExpression: "SET title = :title, members = :members, #version = :next, updatedAt = :now",
      ConditionExpression: "#version = :version",
      ExpressionAttributeNames: { "#version": "version" },
      ExpressionAttributeValues: {
        ":title": changed.title,
        ":members": changed.members,
        ":next": version + 1,
        ":version": version,
        ":now": now(),
      },
    }
    const moves = [
      ...[...after]
        .filter((list) => !before.has(list))
        .map((list) => [list, { Put: { TableName, Item: listedIn(list, head.id) } }] as const),
      ...[...before]
        .filter((list) => !after.has(list))
        .map((list) => [list, { Delete: { TableName, Key: listedIn(list, head.id) } }] as const),
    ]
    const write = async (): Promise<boolean> => {
      if (moves.length > 0) return (await transact({ head: { Update }, ...Object.fromEntries(moves) })).size === 0
      return (await unlessRefused(unlessConflict(() => dynamo().send(new UpdateCommand(Update))))) !== undefined
    }
    const isWritten = await write().catch((error: unknown) => {
      throw isConflict(error) ? busy(error) : error
    })
    if (!isWritten) throw conflict
    const removed = head.members.filter((userId) => !changed.members.includes(userId))
    await Rights.settle(removed.map((userId) => ({ topic: head.id, userId })))
    return Info.parse({ ...changed, version: version + 1 })
  },
)

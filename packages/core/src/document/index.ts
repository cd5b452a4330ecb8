import { QueryCommand, UpdateCommand } from "../dynamo/index.ts"
import * as z from "zod"
import { useUser } from "../actor.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { decode, encode } from "../conversation/cursor.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import { newId } from "../id.ts"
import * as Rights from "../rights/index.ts"
import { asMember } from "../room/read.ts"
import { failedConditions, transact, unlessConflict } from "../run/transact.ts"
import { busy, findAll, open } from "./rights.ts"
import {
  DOC_PREFIX,
  Head,
  headItem,
  headKey,
  idOfListed,
  Info,
  listedKey,
  listsOf,
  People,
  roomPartition,
  Title,
  userPartition,
} from "./table.ts"
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
    const listed = listsOf(info).map((pk) => ({ Put: { TableName, Item: listedKey(pk, id) } }))
    await transact([{ Put: { TableName, Item: head, ConditionExpression: "attribute_not_exists(pk)" } }, ...listed])
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
    const pk = room === undefined ? userPartition(userId) : roomPartition(room)
    const sk = decode(cursor, DOC_PREFIX)
    const { Items = [], LastEvaluatedKey } = await dynamo().send(
      new QueryCommand({
        TableName: config("DOCUMENT_TABLE"),
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: { ":pk": pk, ":prefix": DOC_PREFIX },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: sk === undefined ? undefined : { pk, sk },
      }),
    )
    const ids = Items.map((item) => idOfListed(item.sk))
    const found = await findAll(ids)
    return { items: ids.flatMap((id) => found.get(id) ?? []), next: encode(LastEvaluatedKey?.sk) }
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
      ...[...after].filter((pk) => !before.has(pk)).map((pk) => ({ Put: { TableName, Item: listedKey(pk, head.id) } })),
      ...[...before].filter((pk) => !after.has(pk)).map((pk) => ({ Delete: { TableName, Key: listedKey(pk, head.id) } })),
    ]
    try {
      if (moves.length > 0) await transact([{ Update }, ...moves])
      else await unlessConflict(() => dynamo().send(new UpdateCommand(Update)))
    } catch (error) {
      const name = error instanceof Error ? error.name : ""
      if (name === "ConditionalCheckFailedException" || failedConditions(error).length > 0) throw conflict
      throw name.startsWith("Transaction") ? busy(error) : error
    }
    const removed = head.members.filter((userId) => !changed.members.includes(userId))
    await Rights.settle(removed.map((userId) => ({ topic: head.id, userId })))
    return Info.parse({ ...changed, version: version + 1 })
  },
)

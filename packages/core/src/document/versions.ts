import { GetCommand, page } from "../dynamo/index.ts"
import * as z from "zod"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import { store as storeEdit } from "./edit.ts"
import { open } from "./rights.ts"
import { load } from "./state.ts"
import * as store from "./store.ts"
import { Version, versionKey, versionsOf } from "./table.ts"
import { ulid } from "ulid"
import { ClientId, Cursor, Key } from "../text.ts"

/** Versions of a document, newest first: its state each time its log was folded. */
export const versions = fn(
  () =>
    z.object({
      id: Key(64),
      cursor: Cursor.optional(),
      limit: z.coerce.number().int().min(1).max(100).default(25),
    }),
  async ({ id, cursor, limit }) => {
    const head = await open(id)
    const { items, next } = await page({
      table: config("DOCUMENT_TABLE"),
      ...versionsOf(head.id),
      cursor,
      limit,
      newestFirst: true,
      ConsistentRead: false,
    })
    return { items: items.map((item) => Version.omit({ key: true }).parse(item)), next }
  },
)

/** Brings an older version back as one more edit: nobody's log is rewound, and what others write meanwhile stays. Safe to repeat with a clientId. */
export const restore = fn(
  () => z.object({ id: Key(64), version: z.number().int().min(1), clientId: ClientId.optional() }),
  async ({ id, version, clientId = ulid() }) => {
    const head = await open(id)
    const { Item } = await dynamo().send(
      new GetCommand({ TableName: config("DOCUMENT_TABLE"), Key: versionKey(head.id, version), ConsistentRead: true }),
    )
    const then = Item && (await store.get(Version.parse(Item).key))
    if (!then) throw new AppError("missing", "missing.version", "There is no such version of this document. Ask for the list.")
    const { head: current, updates } = await load(head)
    const { folded, wayBack } = await import("./merge.ts")
    const update = wayBack(then, folded(updates))
    return update ? storeEdit(current, { update, clientId }) : { seq: current.seq }
  },
)

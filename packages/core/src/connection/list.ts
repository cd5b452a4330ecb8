import * as z from "zod"
import { cursorOf } from "../dynamo/index.ts"
import { now } from "../clock.ts"
import { fn } from "../fn.ts"
import { Ref } from "./ref.ts"
import * as table from "./table.ts"
import { Cursor, Key } from "../text.ts"

/** A page of a person's live connections. */
export const byUser = fn(
  () => z.object({ userId: Key(), cursor: Cursor.optional(), limit: z.number().int().min(1).max(100).default(100) }),
  ({ userId, cursor, limit }) => table.byUser(userId, now(), limit, cursor),
)

/** A page of a person's live connections as administrators see them. What is over may lie between them for a while: it is read past. */
export const list = fn(
  () =>
    Ref.pick({ userId: true }).extend({
      cursor: Cursor.optional(),
      limit: z.coerce.number().int().min(1).max(100).default(25),
    }),
  async ({ userId, cursor, limit }) => {
    const found: table.Info[] = []
    let from = cursor
    do {
      const page = await table.byUser(userId, now(), 100, from)
      found.push(...page.items)
      from = page.next
    } while (from !== undefined && found.length <= limit)
    const items = found
      .slice(0, limit)
      .map(({ connectionId, role, connectedAt, expiresAt }) => ({ connectionId, role, connectedAt, expiresAt }))
    return { items, ...(found.length > limit && { next: cursorOf(items.at(-1)!.connectionId) }) }
  },
)

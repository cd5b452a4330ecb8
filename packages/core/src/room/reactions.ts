import { AppError } from "../error.ts"
import * as store from "./store.ts"
import { emojiAttribute, type Head, reactionKey } from "./table.ts"

/** Different emoji of one message, and people of one emoji: together they stay far below the 400 KB of an item. */
const MOST_KINDS = 20
const MOST_PEOPLE = 200

const tooMany = () =>
  new AppError("limit", "limit.reactions", "This message has all the reactions it can hold. Use one that is there already.")

const update = (
  head: Head,
  seq: number,
  UpdateExpression: string,
  ConditionExpression: string,
  emoji: string,
  ExpressionAttributeValues: Record<string, unknown>,
) =>
  store.update({
    Key: reactionKey(head, seq),
    UpdateExpression,
    ConditionExpression,
    ExpressionAttributeNames: { "#emoji": emojiAttribute(emoji) },
    ExpressionAttributeValues,
  })

/** Adds a person to an emoji of a message. Safe to repeat. Throws `limit.reactions`. */
export async function add(head: Head, seq: number, emoji: string, userId: string): Promise<void> {
  const me = new Set([userId])
  const joins = () =>
    update(head, seq, "ADD #emoji :me", "attribute_exists(#emoji) AND (size(#emoji) < :most OR contains(#emoji, :id))", emoji, {
      ":me": me,
      ":id": userId,
      ":most": MOST_PEOPLE,
    })
  const begins = () =>
    update(
      head,
      seq,
      "ADD #emoji :me, kinds :one",
      "attribute_not_exists(#emoji) AND (attribute_not_exists(kinds) OR kinds < :most)",
      emoji,
      { ":me": me, ":one": 1, ":most": MOST_KINDS },
    )
  // Somebody may begin it between the two.
  if (!(await joins()) && !(await begins()) && !(await joins())) throw tooMany()
}

/** Takes a person off an emoji of a message. Safe to repeat. */
export async function remove(head: Head, seq: number, emoji: string, userId: string): Promise<void> {
  const leaves = () =>
    update(head, seq, "DELETE #emoji :me", "size(#emoji) > :one AND contains(#emoji, :id)", emoji, {
      ":me": new Set([userId]),
      ":id": userId,
      ":one": 1,
    })
  const ends = () =>
    update(head, seq, "REMOVE #emoji ADD kinds :less", "size(#emoji) = :one AND contains(#emoji, :id)", emoji, {
      ":id": userId,
      ":one": 1,
      ":less": -1,
    })
  // It may become one, or more than one, between the two.
  if (!(await leaves()) && !(await ends())) await leaves()
}

import * as z from "zod"
import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import type { Identity } from "./identity.ts"
import * as table from "./table.ts"
import { Key, nameFrom } from "../text.ts"

/** As long as the name of a room. */
const MOST_NAME = 120

export { identityOf } from "./identity.ts"

/** A person as others may see it, with the short number people call each other by. */
export const Info = table.Profile.extend({ id: z.string() })
export type Info = z.infer<typeof Info>

export const find = fn(
  () => Key(),
  async (userId): Promise<Info | undefined> => {
    const profile = await table.find(userId)
    return profile && { id: userId, ...profile }
  },
)

export const get = fn(
  () => Key(),
  async (userId): Promise<Info> => {
    const account = await find(userId)
    if (!account) throw new AppError("missing", "missing.account", "There is no such person.")
    return account
  },
)

/** What others call a person, from what the user pool knows: the first that shows anything. */
const nameOf = (...known: (string | undefined)[]): string | undefined =>
  known.map((each) => nameFrom(each ?? "", MOST_NAME)).find((each) => each !== "")

/**
 * The profile of a person, made at first use; `identify` is asked only then. Any number of calls at once make one profile with one number:
 * the first write wins and the others read it.
 */
export async function ensure(userId: string, identify: () => Promise<Identity>): Promise<Info> {
  const known = await find(userId)
  if (known) return known
  const { name, email } = await identify()
  const number = await table.nextNumber()
  await table.putNew(userId, { name: nameOf(name, email?.split("@")[0]) ?? `Guest ${number}`, email, number, createdAt: now() })
  return get(userId)
}

import * as z from "zod"
import { close as closeSocket } from "../callbacks.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import { inParallel } from "../parallel.ts"
import { unlessDenied } from "./deliver.ts"
import { byUser } from "./list.ts"
import { Ref } from "./ref.ts"
import { remove } from "./remove.ts"
import * as table from "./table.ts"
import { Key } from "../text.ts"

/** Sockets of one person that are closed at once. */
const PARALLEL = 16

/** Closes a socket from this side and forgets it. */
export const close = fn(
  () => Ref,
  async (ref): Promise<void> => {
    const status = await closeSocket(ref.connectionId).catch(unlessDenied)
    if (status === undefined || status >= 500 || status === 429)
      throw new AppError("unavailable", "unavailable.socket", "The socket could not be closed. Try again.")
    await remove(ref)
  },
)

/** As `close`, for a socket that somebody else names: nothing happens where it is over, or is not this person's. Safe to repeat. */
export const closeOne = fn(
  () => Ref,
  async (ref): Promise<{ closed: number }> => {
    if (!(await table.find(ref))) return { closed: 0 }
    await close(ref)
    return { closed: 1 }
  },
)

/** Closes every socket of a person: signed out everywhere, disabled, or gone. */
export const closeAll = fn(
  () => z.object({ userId: Key() }),
  async ({ userId }): Promise<{ closed: number }> => {
    let closed = 0
    let cursor: string | undefined
    do {
      const page = await byUser({ userId, cursor })
      await inParallel(page.items, PARALLEL, async ({ connectionId }) => {
        await close({ connectionId, userId })
        closed += 1
      })
      cursor = page.next
    } while (cursor)
    return { closed }
  },
)

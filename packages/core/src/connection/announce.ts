import { payloadOf } from "../callbacks.ts"
import { log } from "../logger.ts"
import type { Info as Notice } from "../notice/table.ts"
import { remove } from "../notice/table.ts"
import { postEach } from "./post.ts"
import type { SeenRow } from "./scan.ts"

/** Ten of the longest fit one socket message of 128 KB; more wait for the next sweep. */
const MOST = 10
/** As many as there are kept sockets. */
const PARALLEL = 64

/**
 * Posts the notices that wait to every open socket, together, and only then forgets them: a sweep that dies in between says them again, and clients drop
 * ids that they know. A socket that cannot be reached is counted; nobody repeats a notice for it.
 */
export async function announce(notices: readonly Notice[], open: readonly SeenRow[]): Promise<void> {
  const due = notices.toSorted((one, other) => one.at - other.at).slice(0, MOST)
  if (due.length === 0) return
  const frames = due.map((notice) => ({ type: "notice", code: "service.notice", ...notice }))
  const payload = payloadOf(JSON.stringify(frames.length === 1 ? frames[0] : frames))
  const readers = open.map(({ ref, connectedAt }) => ({ ...ref, connectedAt }))
  const counts = await postEach(readers, payload, PARALLEL)
  for (const { id } of due) await remove(id)
  log.info("notices were posted", { notices: due.length, ...counts })
}

import type { ApiError } from "@backline/client"

/** A question of this tab: `waiting` for its turn, `sending` without an ack yet, `sent`, or `failed` with its reason. */
export interface Send {
  clientId: string
  thread: string
  text: string
  state: "waiting" | "sending" | "sent" | "failed"
  createdAt: number
  /** This question opened its conversation. */
  opener?: boolean
  run?: string
  message?: string
  error?: ApiError
}

const OUTBOX = "backline.outbox"
const DRAFT = "backline.draft."

/** Questions not acknowledged before a reload, ready to go out again. Lives with the tab, as the sign-in does. */
export function readOutbox(): Send[] {
  try {
    const kept = JSON.parse(sessionStorage.getItem(OUTBOX) ?? "[]") as Send[]
    return kept.map(({ clientId, thread, text, createdAt }) => ({ clientId, thread, text, createdAt, state: "waiting" }))
  } catch {
    return []
  }
}

export function writeOutbox(sends: readonly Send[]): void {
  const open = sends
    .filter((send) => send.state !== "sent")
    .map(({ clientId, thread, text, createdAt }) => ({ clientId, thread, text, createdAt }))
  if (open.length > 0) sessionStorage.setItem(OUTBOX, JSON.stringify(open))
  else sessionStorage.removeItem(OUTBOX)
}

export const readDraft = (thread: string): string => sessionStorage.getItem(DRAFT + thread) ?? ""

export function writeDraft(thread: string, text: string): void {
  if (text) sessionStorage.setItem(DRAFT + thread, text)
  else sessionStorage.removeItem(DRAFT + thread)
}

export function emptyOutbox(): void {
  for (const key of Object.keys(sessionStorage)) if (key === OUTBOX || key.startsWith(DRAFT)) sessionStorage.removeItem(key)
}

import type { Client, Session, Socket } from "@backline/client"
import { type DocumentHandle, openDocument } from "@backline/client/documents"

/** Of what a tab has, as far as boards need it. */
interface Services {
  client: Client
  socket: Socket
  session: Session
}

const KEPT = "backline.doc."

interface Open {
  handle: DocumentHandle
  users: number
}

const made = new WeakMap<Services, ReturnType<typeof create>>()

function create(services: Services) {
  const { socket, client, session } = services
  const open = new Map<string, Open>()

  function close(id: string): void {
    const each = open.get(id)
    open.delete(id)
    each?.handle.close()
    each?.handle.awareness.destroy()
    each?.handle.doc.destroy()
  }

  session.onChange(() => {
    if (session.state !== "out") return
    for (const id of open.keys()) close(id)
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEPT)) sessionStorage.removeItem(key)
  })

  /** Closes a board that nobody looks at once the service has every edit of it. */
  function closeIfDone(id: string): void {
    const each = open.get(id)
    if (each && each.users === 0 && (each.handle.get().isSaved || each.handle.get().status === "refused")) close(id)
  }

  function take(id: string): DocumentHandle {
    const known = open.get(id)
    if (known) {
      known.users++
      return known.handle
    }
    const handle = openDocument({ id, socket, client, store: sessionStorage })
    open.set(id, { handle, users: 1 })
    handle.subscribe(() => closeIfDone(id))
    return handle
  }

  function release(id: string): void {
    const each = open.get(id)
    if (!each) return
    each.users--
    each.handle.awareness.setLocalState(null)
    closeIfDone(id)
  }

  return {
    take,
    release,
    /** Sends edits that a reload kept from being sent. */
    resume(): void {
      for (const key of Object.keys(sessionStorage)) {
        if (!key.startsWith(KEPT)) continue
        const id = key.slice(KEPT.length)
        take(id)
        release(id)
      }
    },
  }
}

/** The boards of this tab: one Yjs document each, kept until its edits are saved. */
export function boardsOf(services: Services) {
  const known = made.get(services) ?? create(services)
  made.set(services, known)
  return known
}

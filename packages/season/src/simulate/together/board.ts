import { openDocument } from "@backline/client/documents"
import type { Person } from "./person.ts"
import { found } from "./scene.ts"
import { BOARD } from "./scenes.ts"

const PATIENCE_MS = 30_000

/** Waits for something of a shared document, or says what it waited for in vain. */
function reached({ get, subscribe }: Pick<ReturnType<typeof openDocument>, "get" | "subscribe">, what: "isLoaded" | "isSaved") {
  return new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => end(new Error(`The simulated board was not ${what} within 30 s.`)), PATIENCE_MS)
    const off = subscribe(() => get()[what] && end())
    const end = (error?: Error) => {
      clearTimeout(timer)
      off()
      if (error) reject(error)
      else resolve()
    }
    if (get()[what]) end()
  })
}

/** The board with its text: one edit, so that it is there as a whole or not at all. What people wrote in it since stays as it is. */
export async function write({ client, socket }: Person, ids: readonly string[]): Promise<void> {
  const { title, text } = BOARD
  const { id } =
    (await found(
      (cursor) => client.documents.list({ cursor, limit: 50 }),
      (each) => each.title === title,
    )) ?? (await client.documents.create({ title, members: ids.slice(1) }))
  const board = openDocument({ id, socket, client })
  try {
    await reached(board, "isLoaded")
    const shared = board.doc.getText("text")
    if (shared.length > 0) return
    shared.insert(0, text)
    await reached(board, "isSaved")
  } finally {
    board.close()
  }
}

import { toApiError } from "../error.ts"
import { fromBase64, toBase64 } from "./base64.ts"
import type { DocumentPage } from "./frames.ts"

interface Options {
  ask(body: { vector?: string; next?: string }): Promise<DocumentPage>
  vector(): Uint8Array
  apply(update: Uint8Array): void
}

/** A frame may have 32 KB; a reader with a longer vector asks for everything. */
const MOST_VECTOR = 20 * 1024

/**
 * Brings a document up to date page by page. What was read survives a lost connection: the next one goes on where this one ended.
 * Gives the position that was reached.
 */
export function createIncoming({ ask, vector, apply }: Options) {
  let next: string | undefined
  let parts: Uint8Array[] = []

  function take({ update, part = 1, of = 1 }: DocumentPage): void {
    if (part === 1) parts = []
    parts.push(fromBase64(update))
    if (part < of) return
    const whole = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0))
    let at = 0
    for (const each of parts) {
      whole.set(each, at)
      at += each.length
    }
    parts = []
    apply(whole)
  }

  function forget(): void {
    next = undefined
    parts = []
  }

  async function first(): Promise<DocumentPage> {
    const known = vector()
    // A vector of one byte knows nothing: without it a large document comes straight from its snapshot.
    return ask(known.length > 1 && known.length <= MOST_VECTOR ? { vector: toBase64(known) } : {})
  }

  return async function catchUp(): Promise<number> {
    let page: DocumentPage
    try {
      page = next === undefined ? await first() : await ask({ next })
    } catch (thrown) {
      const { code } = toApiError(thrown)
      if (next === undefined || !/^(missing\.page|input\.cursor)/.test(code)) throw thrown
      forget()
      page = await first()
    }
    for (;;) {
      take(page)
      next = page.next
      if (next === undefined) return page.seq
      page = await ask({ next })
    }
  }
}

/** The room of the call that this tab is in. Pages that know nothing of calls show the way back by it, and load nothing before. */
let room: string | undefined
const listeners = new Set<() => void>()

export const ongoing = {
  get: (): string | undefined => room,
  set(next: string | undefined): void {
    if (next === room) return
    room = next
    for (const listener of listeners) listener()
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

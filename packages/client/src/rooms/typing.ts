import type { Person } from "../wire.ts"

/** Said again this often while someone types, and forgotten by others after twice that. */
const SAY_MS = 3_000
const FORGET_MS = 6_500

/** Who types. Never stored and easily lost, so it is repeated while it lasts and forgotten by itself. */
export function createTyping({ say, changed }: { say(on: boolean): void; changed(): void }) {
  const others = new Map<string, { person: Person; timer: ReturnType<typeof setTimeout> }>()
  let said = 0
  let stopTimer: ReturnType<typeof setTimeout> | undefined

  function forget(id: string): void {
    const known = others.get(id)
    if (!known) return
    clearTimeout(known.timer)
    others.delete(id)
    changed()
  }

  function stop(): void {
    clearTimeout(stopTimer)
    if (said === 0) return
    said = 0
    say(false)
  }

  return {
    get people(): readonly Person[] {
      return [...others.values()].map(({ person }) => person)
    },
    /** This person pressed a key, or with false has finished. */
    own(on: boolean): void {
      if (!on) return stop()
      clearTimeout(stopTimer)
      stopTimer = setTimeout(stop, SAY_MS * 1.5)
      if (Date.now() - said < SAY_MS) return
      said = Date.now()
      say(true)
    },
    other(person: Person, on: boolean): void {
      if (!on) return forget(person.id)
      clearTimeout(others.get(person.id)?.timer)
      const isNew = !others.has(person.id)
      others.set(person.id, { person, timer: setTimeout(() => forget(person.id), FORGET_MS) })
      if (isNew) changed()
    },
    forget,
    clear(): void {
      clearTimeout(stopTimer)
      said = 0
      for (const { timer } of others.values()) clearTimeout(timer)
      others.clear()
    },
  }
}

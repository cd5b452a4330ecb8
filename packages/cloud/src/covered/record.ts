import { randomUUID } from "node:crypto"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { CallLog } from "../calls.ts"
import type { Call } from "../call.ts"
import { replaceFile } from "../own-file.ts"
import type { Service } from "../service.ts"

/** What was seen of one operation. */
export interface Seen {
  /** Calls that a policy of a function, a role or a resource allowed. */
  allowed: number
  denied: number
  /** Calls of the administrator, whom no policy asks. */
  administrator: number
  /** Calls that need no permission. */
  open: number
  /** Calls that were answered with a status below 400. */
  answered: number
  /** `ResourceNotFoundException 400` → how often; injected faults are left out. */
  errors: Record<string, number>
}

/** `dynamodb PutItem` → what was seen. */
export type Coverage = Record<string, Seen>

const EVERY_MS = 1_000
const written = new Map<string, { coverage: Coverage; write(): void }>()

/** The file of this process in `folder`. A new fact is written at once, because workers of tests are killed; counts follow within a second. */
function fileIn(folder: string) {
  const known = written.get(folder)
  if (known) return known
  const coverage: Coverage = {}
  const file = join(folder, `${process.pid}-${randomUUID()}.json`)
  const made = {
    coverage,
    write() {
      mkdirSync(folder, { recursive: true })
      replaceFile(file, JSON.stringify(coverage))
    },
  }
  written.set(folder, made)
  process.once("exit", made.write)
  return made
}

const ADMINISTRATOR = "administrator"

function kindOf({ access, decision }: Call): "allowed" | "denied" | "administrator" | "open" {
  if (access.length === 0) return "open"
  if (decision !== "allow") return "denied"
  return access.some(({ statement }) => statement === ADMINISTRATOR) ? "administrator" : "allowed"
}

/** Counts a call; says whether it showed something for the first time. */
function count(coverage: Coverage, call: Call): boolean {
  const key = `${call.service} ${call.operation}`
  const seen = (coverage[key] ??= { allowed: 0, denied: 0, administrator: 0, open: 0, answered: 0, errors: {} })
  const isFirst = (times: number) => times === 1
  const isError = call.status >= 400
  const firsts = [isFirst(++seen[kindOf(call)])]
  if (isError) {
    const shape = `${call.error ?? "(no code)"} ${call.status}`
    seen.errors[shape] = (seen.errors[shape] ?? 0) + 1
    firsts.push(isFirst(seen.errors[shape]))
  } else firsts.push(isFirst(++seen.answered))
  return firsts.includes(true)
}

/**
 * Notes in `folder` what these services answer. Services that name no operations are left out: types without an API, and what tests put in a service's place.
 * Returns how to end it.
 */
export function recordCoverage(folder: string, services: readonly Service[], calls: CallLog): () => void {
  const names = new Set(services.filter(({ operations }) => operations).flatMap((service) => service.names))
  const { coverage, write } = fileIn(folder)
  let changed = false
  const unfollow = calls.follow((call) => {
    // A fault is nobody's answer, and status 0 is none.
    if (!names.has(call.service) || call.fault !== undefined || call.status === 0) return
    changed = true
    if (!count(coverage, call)) return
    write()
    changed = false
  })
  const timer = setInterval(() => {
    if (changed) write()
    changed = false
  }, EVERY_MS).unref()
  return () => {
    clearInterval(timer)
    unfollow()
    write()
  }
}

import { randomUUID } from "node:crypto"
import { currentVersion } from "../analytics/index.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { log } from "../logger.ts"
import { readAnswers } from "./answers.ts"
import { readFacts } from "./facts.ts"
import { fit, type Model } from "./model.ts"
import { artistItem, concertItem, type Current, tasteItem } from "./table.ts"
import { current, endTurn, forget, rowsOf, switchTo, takeTurn, writeRows } from "./versions.ts"

const MINUTE = 60_000
/** A training is given up after its function's time; nobody waits for one that died much longer. */
const TURN_MS = 6 * MINUTE
/** Concerts pass and what is popular ages, even where nothing is loaded. */
const STALE_MS = 6 * 60 * MINUTE
const KEEP_MS = 30 * 24 * 60 * MINUTE

type Outcome = { trained: true; version: string } | { trained: false; because: "fresh" | "empty" | "busy" | "late" }

/** Whether there is something new to learn. What costs little is asked first: the warehouse is not woken for nothing. */
function reasonToWait(before: Current | undefined, data: number, at: number): "fresh" | "empty" | undefined {
  if (data === 0) return "empty"
  if (!before || before.concerts === 0) return before?.dataVersion === data ? "fresh" : undefined
  const age = at - before.trainedAt
  if (age < config("RECOMMENDATION_PAUSE_SECONDS") * 1_000) return "fresh"
  return before.dataVersion === data && age < STALE_MS ? "fresh" : undefined
}

async function factorsOf(version: string | undefined): Promise<Map<string, number[]>> {
  const factors = new Map<string, number[]>()
  if (version)
    for await (const items of rowsOf("artist", version))
      for (const { sk, vector } of items) factors.set(String(sk), vector as number[])
  return factors
}

function itemsOf(version: string, { concerts, tastes, factors }: Model, at: number): Record<string, unknown>[] {
  const ttl = Math.floor((at + KEEP_MS) / 1_000)
  return [
    ...concerts.map((concert) => ({ ...concertItem(version, concert), ttl })),
    ...tastes.map((taste) => ({ ...tasteItem(version, taste), ttl })),
    ...[...factors].map(([artist, vector]) => ({ ...artistItem(version, artist, vector), ttl })),
  ]
}

async function learn(before: Current | undefined, dataVersion: number, at: number): Promise<Outcome> {
  const [facts, answers, start] = [await readFacts(at), await readAnswers(), await factorsOf(before?.version)]
  const model = fit(facts, answers, start, at)
  if (facts.truncated) log.warn("training did not read everything", { people: model.tastes.length })
  const version = `${at.toString(36)}-${randomUUID().slice(0, 8)}`
  await writeRows(itemsOf(version, model, at))
  const counts = { people: model.tastes.length, concerts: model.concerts.length, artists: model.factors.size }
  const next: Current = { version, previous: before?.version, trainedAt: at, dataVersion, ...counts }
  if (!(await switchTo(next, before))) {
    await forget(version)
    return { trained: false, because: "late" }
  }
  log.info("recommendations were trained", { version, ...counts })
  // Whoever began reading the version before this one still finds it; the one before that nobody reads any more.
  if (before?.previous) await forget(before.previous)
  return { trained: true, version }
}

/**
 * Learns tastes from what the warehouse has and what people said, starting from the vectors of the training before, and lets the new ones serve in one write.
 * Called again and again: does nothing where nothing is new. One that dies on its way leaves the old version serving.
 */
export async function train(): Promise<Outcome> {
  const at = now()
  const [before, { version: data }] = await Promise.all([current(), currentVersion()])
  const because = reasonToWait(before, data, at)
  if (because) return { trained: false, because }
  if (!(await takeTurn(at, TURN_MS))) return { trained: false, because: "busy" }
  try {
    return await learn(before, data, at)
  } finally {
    await endTurn(at + TURN_MS)
  }
}

import * as z from "zod"
import { now } from "../clock.ts"
import { fn } from "../fn.ts"
import { log } from "../logger.ts"
import type { Artifact } from "./artifact.ts"
import { candidate, LEAST_CONCERTS, measure } from "./backtest.ts"
import { type Example, examplesOf } from "./history.ts"
import { hashOf, pastConcerts, versionOf } from "./past.ts"
import { artifactOf, keep } from "./store.ts"
import { card, type Card, type Current, current, keepAttempt, keepCard, replace } from "./table.ts"

/** What a training came to. */
export type Outcome = { outcome: "promoted" | "kept" | "unchanged"; card: Card } | { outcome: "too_few"; told: string }

const tickets = (error: number): string => `${error.toFixed(1)} tickets`

/** Why a model is not to answer, undefined when it is. All errors are of the same later concerts. */
function refusalOf({ metrics }: Artifact, test: readonly Example[], rival: Artifact | undefined): string | undefined {
  const { error, baselines } = metrics
  if (error >= baselines.venueMean)
    return `Misses by ${tickets(error)} on average; the mean of the venue misses by ${tickets(baselines.venueMean)}.`
  if (error >= baselines.lastSimilar)
    return `Misses by ${tickets(error)} on average; the last similar concert misses by ${tickets(baselines.lastSimilar)}.`
  if (!rival) return undefined
  const its = measure(rival, test).error
  return error < its
    ? undefined
    : `Misses by ${tickets(error)} on average; the model that answers, ${rival.version}, misses by ${tickets(its)}.`
}

/**
 * Puts the model where predictions are read from, if it beats what it has to beat. When somebody else put one there meanwhile, it is compared with that one:
 * a few times, since each of them has to be better than the last.
 */
async function promote(artifact: Artifact, test: readonly Example[]): Promise<Pick<Card, "promoted" | "reason">> {
  for (let round = 0; round < 3; round++) {
    const seen = await current()
    /** An earlier run of the same data got so far and died. */
    if (seen?.version === artifact.version) return { promoted: true, reason: "Beats what answered before, and both baselines." }
    const rival = seen && (await artifactOf(seen.version))
    const refusal = refusalOf(artifact, test, rival)
    if (refusal) return { promoted: false, reason: refusal }
    const next: Current = { version: artifact.version, since: now(), earlier: seen ? [...seen.earlier, seen.version] : [] }
    if (await replace(seen, next))
      return {
        promoted: true,
        reason: rival ? `Beats ${rival.version} and both baselines.` : "The first that beats both baselines.",
      }
  }
  return { promoted: false, reason: "Other models were promoted while it was compared." }
}

const cardOf = ({ version, dataHash, trainedAt, coverage, metrics, elasticity }: Artifact) => ({
  version,
  dataHash,
  trainedAt,
  coverage,
  metrics,
  elasticity,
})

async function tooFew(concerts: number): Promise<Outcome> {
  const told = `${concerts} past concerts with sales and known seats are in the warehouse, and ${LEAST_CONCERTS} are needed.`
  await keepAttempt({ at: now(), told })
  return { outcome: "too_few", told }
}

/**
 * Trains on all past concerts, tests on the latest of them, stores the model and promotes it if it is better. The same data is the same version: a repeat
 * finds its card and changes nothing. The artifact is stored first and the card last, so a run that died is done again as a whole.
 */
export const train = fn(
  () => z.object({ by: z.enum(["recorded", "ingested"]).default("recorded") }),
  async ({ by }): Promise<Outcome> => {
    const concerts = await pastConcerts(now(), by)
    const examples = examplesOf(concerts)
    const usable = new Set(examples.map(({ concertId }) => concertId)).size
    if (usable < LEAST_CONCERTS) return tooFew(usable)
    const dataHash = hashOf(concerts, by)
    const version = versionOf(concerts, dataHash)
    const known = await card(version)
    if (known) {
      await keepAttempt({ at: now(), told: `No concert ended since ${version} was trained.` })
      return { outcome: "unchanged", card: known }
    }
    const { artifact, test } = candidate(examples, { version, dataHash, trainedAt: now() })
    await keep(artifact)
    const decision = await promote(artifact, test)
    const told = { ...cardOf(artifact), ...decision }
    await keepCard(told)
    await keepAttempt({ at: now(), told: decision.reason })
    log.info("model was trained", {
      version,
      promoted: decision.promoted,
      error: artifact.metrics.error,
      coverage: artifact.metrics.coverage,
    })
    return { outcome: decision.promoted ? "promoted" : "kept", card: told }
  },
)

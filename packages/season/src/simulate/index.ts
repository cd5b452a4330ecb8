import { untilLoaded } from "../import/loaded.ts"
import { keepSeason, keptSeason } from "./kept.ts"
import { startSales } from "./sales.ts"
import { loadSeason } from "./season.ts"
import { plantTastes } from "./tastes/index.ts"

/** Events a second while the product runs: enough to see the strip move, little enough to be quiet. */
const RATE = 1.5

interface Options {
  http: string
  token(): Promise<string>
  /** Demo people, who get tastes. */
  users: readonly { accessToken: string }[]
  signal: AbortSignal
  /** The data folder, which may hold a season already. */
  data?: string
  /** What happens right now, in a few words. */
  say(words: string): void
  log(source: string, line: string): void
}

/** Has a model made of what just came in. */
async function trainOnce({ http, token, signal }: Pick<Options, "http" | "token" | "signal">): Promise<void> {
  const response = await fetch(`${http}/models/train`, {
    method: "POST",
    headers: { authorization: `Bearer ${await token()}`, "content-type": "application/json" },
    body: "{}",
    signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]),
  }).catch((error: unknown) => {
    if (signal.aborted) return undefined
    throw error
  })
  if (response && !response.ok) throw new Error(`POST /models/train answered ${response.status}: ${await response.text()}`)
}

/** The sample season of `npm start`: resolves when the warehouse holds it; tickets go on selling until the signal. */
export async function startSeason({ http, token, users, signal, data, say, log }: Options): Promise<void> {
  const season = keptSeason(data, Date.now())
  if (!season.loaded) {
    keepSeason(data, season)
    const { positions } = await loadSeason({
      http,
      token,
      signal,
      now: season.at,
      onProgress: (sent, all) =>
        say(`Loading the simulated season: ${sent.toLocaleString("en-US")} of ${all.toLocaleString("en-US")} events`),
    })
    const tastes = await plantTastes({ http, token, users, signal, seasonAt: season.at })
    say("Waiting for the warehouse to hold it")
    await untilLoaded({ http, token }, [...positions, ...tastes], { pollMs: 200, signal })
    keepSeason(data, { ...season, loaded: true })
    // Nobody waits for it: predictions are there some seconds later, and the schedule trains as well.
    void trainOnce({ http, token, signal }).catch((error: unknown) => log("predictions", String(error)))
  }
  const onError = (error: unknown) => log("simulate", String(error))
  startSales({ http, getToken: token, rate: RATE, signal, seasonAt: season.at, onError })
}

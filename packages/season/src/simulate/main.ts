import { parseArgs } from "node:util"
import { createMeter } from "../import/meter.ts"
import { findTarget, Mistake } from "../import/target.ts"
import { startSales } from "./sales.ts"
import { DEFAULT_SEED, loadSeason } from "./season.ts"

const USAGE = "npm run simulate -- [--rate events-per-second] [--seed text] [--url https://…] [--token …]"
const meter = createMeter(process.stderr)
const stop = new AbortController()
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort())

async function simulate(): Promise<void> {
  let values
  try {
    ;({ values } = parseArgs({
      options: { rate: { type: "string" }, seed: { type: "string" }, url: { type: "string" }, token: { type: "string" } },
    }))
  } catch {
    throw new Mistake(`Usage: ${USAGE}`)
  }
  const { rate: text = "2", seed = DEFAULT_SEED, url, token } = values
  const rate = Number(text)
  if (!(rate > 0 && rate <= 5_000)) throw new Mistake(`--rate ${text} is not a number of events per second from 0 to 5000.`)
  const target = await findTarget({ url, token: token ?? process.env.BACKLINE_TOKEN })
  const season = await loadSeason({
    http: target.http,
    token: target.token,
    now: Date.now(),
    seed,
    signal: stop.signal,
    onProgress: (accepted, all) => meter.show(`season: ${accepted} of ${all} events`),
  })
  meter.say(
    `The simulated season (seed ${seed}) is in: ${season.shows.length} concerts, ${season.accepted} events. Selling about ${rate} times a second; Ctrl-C ends it.`,
  )
  const { done } = startSales({
    http: target.http,
    getToken: target.token,
    rate,
    seed,
    signal: stop.signal,
    onSold: (sold) => meter.show(`${sold} events sold`),
    onError: (error) => meter.say((error as Error).message),
  })
  await done
  meter.end()
}

try {
  await simulate()
} catch (error) {
  meter.end()
  if (stop.signal.aborted) process.exitCode = 0
  else if (error instanceof Mistake) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  } else throw error
}

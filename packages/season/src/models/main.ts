import { parseArgs } from "node:util"
import { ApiError, createClient, type ModelCard } from "@backline/client"
import { findTarget, Mistake } from "../import/target.ts"

const USAGE = "npm run models -- list | train | rollback [version] [--url https://…] [--token …]"

const day = (at: number): string => new Date(at).toISOString().slice(0, 16).replace("T", " ")

function lineOf({ version, trainedAt, metrics, promoted, reason }: Omit<ModelCard, "isCurrent">, isCurrent: boolean): string {
  const { error, coverage, baselines } = metrics
  const rules = `venue mean ${baselines.venueMean.toFixed(1)}, last similar ${baselines.lastSimilar.toFixed(1)}`
  const state = isCurrent ? "answers" : promoted ? "promoted" : "not promoted"
  return `${version}  trained ${day(trainedAt)} UTC  ${state}\n  misses by ${error.toFixed(1)} tickets (${rules}), ${(coverage * 100).toFixed(0)} % inside the band\n  ${reason}`
}

function wanted(): { command: string; version?: string; url?: string; token?: string } {
  try {
    const { values, positionals } = parseArgs({
      options: { url: { type: "string" }, token: { type: "string" } },
      allowPositionals: true,
    })
    const [command = "list", version, ...rest] = positionals
    if (!["list", "train", "rollback"].includes(command) || rest.length > 0 || (version && command !== "rollback"))
      throw new Error()
    return { command, version, ...values }
  } catch {
    throw new Mistake(`Usage: ${USAGE}`)
  }
}

async function models(): Promise<void> {
  const { command, version, url, token } = wanted()
  const target = await findTarget({ url, token: token ?? process.env.BACKLINE_TOKEN })
  const client = createClient({ httpUrl: target.http, getToken: (options) => target.token(options?.fresh) })
  if (command === "train") {
    const { outcome, told, card } = await client.models.train()
    console.log(card ? `${outcome}: ${lineOf(card, false)}` : `No model: ${told}`)
    return
  }
  if (command === "rollback") {
    const { current, before } = await client.models.rollback(version)
    console.log(`${current} answers from now on; before it was ${before}.`)
    return
  }
  const { items, lastTraining } = await client.models.list({ limit: 100 })
  for (const card of items) console.log(lineOf(card, card.isCurrent))
  console.log(lastTraining ? `Last training ${day(lastTraining.at)} UTC: ${lastTraining.told}` : "Nothing was trained yet.")
}

try {
  await models()
} catch (error) {
  if (!(error instanceof Mistake || error instanceof ApiError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

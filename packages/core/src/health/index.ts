import { DescribeStreamSummaryCommand } from "@aws-sdk/client-kinesis"
import { ListObjectsV2Command } from "../s3/index.ts"
import { GetCommand } from "../dynamo/index.ts"
import * as z from "zod"
import { dynamo, s3 } from "../aws.ts"
import { kinesis } from "../sdk.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { fn } from "../fn.ts"
import { log } from "../logger.ts"
import { NOTHING } from "./table.ts"

const BOUND_MS = 2_000
/** The route is public, so however often it is called, the stores are asked at most this often by one environment. */
const KEEP_MS = 5_000

type Check = (abort: { abortSignal: AbortSignal }) => Promise<unknown>
export interface Health {
  status: "ok" | "degraded"
  version: string
  region: string
  checks: Record<string, { ok: boolean; ms: number }>
}

const self: Record<string, Check> = {
  config: async () => [config("INGEST_TABLE"), config("CONCERT_STREAM"), config("LAKE_BUCKET")],
}

/** The cheapest read of each store. The warehouse is not among them: a question wakes it, and an anonymous caller must not be able to run up its bill. */
const stores: Record<string, Check> = {
  table: (abort) => dynamo().send(new GetCommand({ TableName: config("INGEST_TABLE"), Key: NOTHING }), abort),
  stream: (abort) => kinesis().send(new DescribeStreamSummaryCommand({ StreamName: config("CONCERT_STREAM") }), abort),
  lake: (abort) => s3().send(new ListObjectsV2Command({ Bucket: config("LAKE_BUCKET"), MaxKeys: 1 }), abort),
}

async function ask(name: string, check: Check): Promise<[string, { ok: boolean; ms: number }]> {
  const start = now()
  const abortSignal = AbortSignal.timeout(BOUND_MS)
  const late = new Promise<never>((_, reject) =>
    abortSignal.addEventListener("abort", () => reject(abortSignal.reason), { once: true }),
  )
  try {
    await Promise.race([check({ abortSignal }), late])
    return [name, { ok: true, ms: now() - start }]
  } catch (error) {
    log.warn("health check failed", { check: name, error })
    return [name, { ok: false, ms: now() - start }]
  }
}

async function examine(checks: Record<string, Check>): Promise<Health> {
  const answers = await Promise.all(Object.entries(checks).map(([name, check]) => ask(name, check)))
  const status = answers.every(([, { ok }]) => ok) ? "ok" : "degraded"
  return { status, version: config("RELEASE"), region: config("AWS_REGION"), checks: Object.fromEntries(answers) }
}

let kept: { until: number; health: Promise<Health> } | undefined

function deep(): Promise<Health> {
  if (!kept || kept.until <= now()) kept = { until: now() + KEEP_MS, health: examine({ ...self, ...stores }) }
  return kept.health
}

/** This environment's own state, or with `deep=1` that of the stores too. A check that fails degrades the answer, it never throws. */
export const check = fn(
  () => z.object({ deep: z.string().max(16).optional() }),
  (input) => (input.deep && input.deep !== "0" ? deep() : examine(self)),
)

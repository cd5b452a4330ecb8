import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { forecast } from "./forecast.ts"
import { type Model, TRAINING_HOURS } from "./port.ts"
import { endpointModel } from "./sagemaker.ts"
import { artifactOf } from "./store.ts"
import { attempt, current } from "./table.ts"

const HOUR_MS = 3_600_000

/** Says when there will be one: the schedule's next turn, at the latest. */
async function notTrained(): Promise<AppError> {
  const last = await attempt()
  const by = (last?.at ?? now()) + TRAINING_HOURS * HOUR_MS
  const when = new Date(by).toISOString().slice(0, 16).replace("T", " ")
  const why = last ? ` The last training made none: ${last.told}` : ""
  return new AppError(
    "unavailable",
    "unavailable.model_not_trained",
    `No model is trained yet. The next training is by ${when} UTC; an administrator starts one at once with: npm run models -- train.${why}`,
    {
      retryAfterMs: Math.max(1_000, Math.min(by - now(), HOUR_MS)),
      details: [{ path: "trainsBy", message: new Date(by).toISOString() }],
    },
  )
}

/** The model that was promoted, from S3; kept by version. Throws `unavailable.model_not_trained` before there is one. */
const ours: Model = {
  async predict(snapshot, priceMinor) {
    const pointer = await current()
    if (!pointer) throw await notTrained()
    const artifact = await artifactOf(pointer.version)
    const { version, trainedAt, coverage, metrics } = artifact
    const model = { version, trainedAt, mape: metrics.mape, error: metrics.error, coverage, held: metrics.coverage }
    return { forecast: forecast(artifact, snapshot, priceMinor), model }
  },
}

/** Ours, or the endpoint that the stage names. */
export const model = (): Model => (config("MODEL_ENDPOINT") === undefined ? ours : endpointModel())

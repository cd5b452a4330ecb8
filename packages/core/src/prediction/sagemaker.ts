import * as z from "zod"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { lazily } from "../lazily.ts"
import { refusedCall } from "../service-client.ts"
import { encoded, hashOf } from "../signature.ts"
import { signedCaller } from "../signed-call.ts"
import type { Model } from "./port.ts"
import { FACTORS } from "./snapshot.ts"

/** Less than a request to the API has. */
const PATIENCE_MS = 10_000

const tickets = z.number().min(0)
/** What the container behind the endpoint answers for one instance. */
const Answer = z.object({
  predictions: z
    .array(
      z.object({
        expected: tickets,
        low: tickets,
        high: tickets,
        sellOutProbability: z.number().min(0).max(1),
        effects: z
          .array(z.object({ factor: z.enum(FACTORS), tickets: z.number() }))
          .max(100)
          .default([]),
      }),
    )
    .length(1),
  model: z.object({ version: z.string().max(200), trainedAt: z.number(), mape: tickets, coverage: z.number().gt(0).lt(1) }),
})

/** https://docs.aws.amazon.com/general/latest/gr/sagemaker.html, signed for `sagemaker` */
const endpoint = (): string =>
  config("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME") ??
  config("AWS_ENDPOINT_URL") ??
  `https://runtime.sagemaker.${config("AWS_REGION")}.amazonaws.com`
const caller = lazily(() => signedCaller("sagemaker", endpoint()))

const failed = (cause: unknown): AppError =>
  new AppError(
    "unavailable",
    "unavailable.prediction_endpoint",
    "The endpoint that predicts did not answer, or not in its format. Try again; if it stays, look at the endpoint's log.",
    { cause },
  )

async function invoke(instance: object): Promise<z.output<typeof Answer>> {
  const body = Buffer.from(JSON.stringify({ instances: [instance] }))
  const answer = await caller()({
    method: "POST",
    path: `/endpoints/${encoded(config("MODEL_ENDPOINT")!)}/invocations`,
    headers: { "content-type": "application/json", accept: "application/json" },
    body,
    bodyHash: hashOf(body),
    timeoutMs: PATIENCE_MS,
  })
  if (answer.status !== 200) throw refusedCall(answer, "sagemaker:InvokeEndpoint")
  return Answer.parse(JSON.parse(answer.body.toString("utf8")))
}

/**
 * A model behind a SageMaker endpoint: the snapshot goes as one JSON instance, `whatIfPriceMinor` beside it where another price is asked about. One attempt:
 * nothing is lost when the one who asks tries again. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
 */
export const endpointModel = (): Model => ({
  async predict(snapshot, priceMinor) {
    try {
      const { predictions, model } = await invoke({
        ...snapshot,
        ...(priceMinor === undefined ? {} : { whatIfPriceMinor: priceMinor }),
      })
      return { forecast: predictions[0]!, model: { ...model, error: null, held: null } }
    } catch (cause) {
      throw failed(cause)
    }
  },
})

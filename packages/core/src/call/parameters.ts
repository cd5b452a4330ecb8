import * as z from "zod"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { hashOf } from "../signature.ts"
import { refusedCall } from "../service-client.ts"
import { signedCaller } from "../signed-call.ts"

const NAMES = ["url", "key", "secret"] as const
export type LiveKit = Record<(typeof NAMES)[number], string>

const Answer = z.object({ Parameters: z.array(z.object({ Name: z.string(), Value: z.string().min(1) })) })

const TIMEOUT_MS = 3_000

const notConfigured = (path: string) =>
  new AppError(
    "conflict",
    "conflict.not_configured",
    `Calls need LiveKit, and this stage has none yet. Put its wss:// address, API key and secret into the parameters ${path}/url, ${path}/key and ${path}/secret (aws ssm put-parameter --type SecureString).`,
  )

/** One client more would be most of this function's start; one signed request is not: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
export async function livekit(): Promise<LiveKit> {
  const path = config("LIVEKIT_PARAMETERS")
  const body = Buffer.from(JSON.stringify({ Names: NAMES.map((name) => `${path}/${name}`), WithDecryption: true }))
  const endpoint = config("AWS_ENDPOINT_URL") ?? `https://ssm.${config("AWS_REGION")}.amazonaws.com`
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.GetParameters" }
  const answer = await signedCaller(
    "ssm",
    endpoint,
  )({
    method: "POST",
    path: "/",
    headers,
    body,
    bodyHash: hashOf(body),
    timeoutMs: TIMEOUT_MS,
  }).catch((cause: unknown) => {
    throw new AppError("unavailable", "unavailable.parameters", "The settings of calls could not be read. Try again.", { cause })
  })
  if (answer.status !== 200)
    throw new AppError("unavailable", "unavailable.parameters", "The settings of calls could not be read. Try again.", {
      cause: refusedCall(answer, "ssm:GetParameters"),
    })
  const { Parameters } = Answer.parse(JSON.parse(answer.body.toString("utf8")))
  const found = new Map(Parameters.map(({ Name, Value }) => [Name.slice(path.length + 1), Value]))
  const [url, key, secret] = NAMES.map((name) => found.get(name))
  if (!url || !key || !secret) throw notConfigured(path)
  return { url, key, secret }
}

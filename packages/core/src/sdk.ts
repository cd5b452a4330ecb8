import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime"
import { KinesisClient } from "@aws-sdk/client-kinesis"
import { RedshiftDataClient } from "@aws-sdk/client-redshift-data"
import { tellDenial } from "./denial.ts"
import { lazily } from "./lazily.ts"

/** The SDK tries no denial again either; it is told whoever catches it. */
const telling =
  (service: string) =>
  <I, O>(next: (args: I) => Promise<O>, { commandName = "" }: { commandName?: string }) =>
  async (args: I): Promise<O> => {
    try {
      return await next(args)
    } catch (error) {
      tellDenial(error, `${service}:${commandName.replace(/Command$/, "")}`)
      throw error
    }
  }

/**
 * The SDK's clients, for functions whose start nobody waits for: an import of this file doubles it. They never time out by default (over HTTP/2 only
 * requestTimeout works), so every one is made here, with the same bounds. Over HTTP/1.1 a passed requestTimeout is only a warning unless it is told to be
 * an error.
 */
const bounded = (requestTimeout: number, maxAttempts = 4) => ({
  maxAttempts,
  requestHandler: { requestTimeout, connectionTimeout: 2_000, throwOnRequestTimeout: true },
})

export const kinesis = /* @__PURE__ */ lazily(() => {
  const client = new KinesisClient(bounded(5_000))
  client.middlewareStack.add(telling("kinesis"), { step: "initialize" })
  return client
})

/** Longer than WaitTimeSeconds (at most 30 s), or the long poll would be cut by its own client. */
export const redshift = /* @__PURE__ */ lazily(() => {
  const client = new RedshiftDataClient(bounded(40_000))
  client.middlewareStack.add(telling("redshift-data"), { step: "initialize" })
  return client
})

/** One attempt: a model call is not repeated behind the run's back; the run decides. */
export const bedrock = /* @__PURE__ */ lazily(() => {
  const client = new BedrockRuntimeClient(bounded(60_000, 1))
  client.middlewareStack.add(telling("bedrock"), { step: "initialize" })
  return client
})

import { notSimulated } from "../../endpoint/errors.ts"
import { type Access, AwsError, type Place, type Service } from "../../service.ts"
import { openAi } from "./openai/index.ts"
import { begun, streamed, whole } from "./reply.ts"
import type { Model } from "./request.ts"
import { validated } from "./validate.ts"

interface Options {
  /** What answers; by default the server that BACKLINE_MODEL_URL names. */
  model?: Model
}

/** What answers where nothing else does. */
const silent: Model = {
  name: "none",
  answer: () => {
    throw notSimulated("bedrock", "a model: name a server in BACKLINE_MODEL_URL, or give the cloud a model")
  },
}

const PATH = /^\/model\/([^/]+)\/(converse|converse-stream)$/
const OPERATIONS = {
  converse: { operation: "Converse", action: "bedrock:InvokeModel" },
  "converse-stream": { operation: "ConverseStream", action: "bedrock:InvokeModelWithResponseStream" },
} as const

/** `us.amazon.nova-micro-v1:0`: an inference profile, which stands for the model in several regions. */
const PROFILE = /^(?:us|eu|apac|jp|au|ca|sa|me|il|us-gov|global)\.(?=[a-z0-9-]+\.)/
const MODEL_ID = /^[a-z0-9-]+\.[a-zA-Z0-9._-]+(?::\d+)?(?::\d+k?)?$/

/**
 * Calling a profile needs the profile and the model behind it:
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
 */
function resourcesOf(modelId: string, { region, account }: Place): string[] {
  if (modelId.startsWith("arn:")) return [modelId]
  if (!MODEL_ID.test(modelId)) throw new AwsError("ValidationException", "The provided model identifier is invalid.")
  const foundation = `arn:aws:bedrock:${region}::foundation-model/${modelId.replace(PROFILE, "")}`
  return PROFILE.test(modelId) ? [`arn:aws:bedrock:${region}:${account}:inference-profile/${modelId}`, foundation] : [foundation]
}

/** Bedrock runtime: Converse and ConverseStream, answered by the model that this cloud was given or by a server of one's own. */
export function bedrock({ model = openAi(process.env) ?? silent }: Options = {}): Service {
  return {
    names: ["bedrock"],
    operations: Object.values(OPERATIONS).map(({ operation }) => operation),
    protocol: "rest-json",
    types: {},
    authorize({ method, url }, place) {
      const [, id, path] = PATH.exec(url.pathname) ?? []
      if (method !== "POST" || !id || !path) throw notSimulated("bedrock", `${method} ${url.pathname}`)
      const { operation, action } = OPERATIONS[path as keyof typeof OPERATIONS]
      const access: Access[] = resourcesOf(decodeURIComponent(id), place).map((resource) => ({ action, resource }))
      return { operation, access }
    },
    async handle(request, operation) {
      const started = performance.now()
      const units: Record<string, number> = {}
      const pieces = await begun(model.answer(validated(request.json), request.signal))
      const call = { pieces, model: model.name, units, elapsed: () => performance.now() - started }
      if (operation === "Converse")
        return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(await whole(call)), units }
      return { status: 200, headers: { "content-type": "application/vnd.amazon.eventstream" }, body: streamed(call), units }
    },
    state: () => ({ model: model.name }),
  }
}

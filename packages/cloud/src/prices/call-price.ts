import type { Call } from "../call.ts"
import { type Charge, charge, chunks } from "./charge.ts"
import { PRICES } from "./prices.ts"

type Priced = Pick<Call, "service" | "operation" | "units" | "access" | "status">

/** S3's dear requests; DELETE and CANCEL cost nothing, all others are GET-like. https://aws.amazon.com/s3/pricing/ */
const S3_PUT_LIKE = /^(Put|Post|Copy|List|Create|Upload|Complete)/
const S3_FREE = /^(Delete|Abort)/

function s3({ operation }: Priced): Charge[] {
  if (S3_FREE.test(operation)) return []
  return S3_PUT_LIKE.test(operation)
    ? charge("s3", "putLikeRequest", 1, PRICES.s3.putLike)
    : charge("s3", "getLikeRequest", 1, PRICES.s3.getLike)
}

function sqs({ units, access }: Priced): Charge[] {
  const isFifo = access.some(({ resource }) => resource.endsWith(".fifo"))
  const requests = chunks(units.payloadBytes ?? units.bytes ?? 0, PRICES.sqs.chunkBytes)
  return charge("sqs", isFifo ? "fifoRequest" : "request", requests, isFifo ? PRICES.sqs.fifo : PRICES.sqs.standard)
}

function kinesis({ operation, units }: Priced): Charge[] {
  if (operation !== "PutRecord" && operation !== "PutRecords") return []
  // Without the sizes of the records, what they are at least.
  const least = Math.max(units.records ?? 1, Math.ceil((units.bytes ?? 0) / PRICES.kinesis.unitBytes))
  return charge("kinesis", "payloadUnit", units.payloadUnits ?? least, PRICES.kinesis.payloadUnit)
}

/** Price of a model by the id in its ARN; a profile's prefix (`us.`) and a version's suffix do not matter. */
function modelPrice(access: Priced["access"]): { input: number; output: number } | undefined {
  const ids = access.map(({ resource }) => resource.slice(resource.lastIndexOf("/") + 1))
  const known = Object.keys(PRICES.bedrock).find((model) => ids.some((id) => id.startsWith(model) || id.includes(`.${model}`)))
  return known === undefined ? undefined : PRICES.bedrock[known]
}

function bedrock({ units, access }: Priced): Charge[] {
  const price = modelPrice(access)
  if (!price) return []
  return [
    ...charge("bedrock", "inputToken", units.inputTokens ?? 0, price.input),
    ...charge("bedrock", "outputToken", units.outputTokens ?? 0, price.output),
  ]
}

const PRICED: Readonly<Record<string, (call: Priced) => Charge[]>> = {
  dynamodb: ({ units }) => [
    ...charge("dynamodb", "readRequestUnit", units.RRU ?? 0, PRICES.dynamodb.readRequestUnit),
    ...charge("dynamodb", "writeRequestUnit", units.WRU ?? 0, PRICES.dynamodb.writeRequestUnit),
  ],
  s3,
  sqs,
  kinesis,
  bedrock,
  sns: ({ operation, units }) =>
    operation.startsWith("Publish")
      ? charge(
          "sns",
          "publish",
          Math.max(units.messages ?? 1, chunks(units.bytes ?? 0, PRICES.sns.chunkBytes)),
          PRICES.sns.publish,
        )
      : [],
  events: ({ operation, units }) =>
    operation === "PutEvents"
      ? charge(
          "events",
          "event",
          Math.max(units.events ?? 1, chunks(units.bytes ?? 0, PRICES.events.chunkBytes)),
          PRICES.events.event,
        )
      : [],
  "execute-api": ({ operation, units }) =>
    operation === "PostToConnection"
      ? charge("apigateway", "message", chunks(units.bytes ?? 0, PRICES.apigateway.messageUnitBytes), PRICES.apigateway.message)
      : [],
  logs: ({ operation, units }) =>
    operation === "PutLogEvents" ? charge("logs", "byte", units.bytes ?? 0, PRICES.logs.byte) : [],
}

/**
 * What one AWS call costs by its units. Refused and failed calls are free here, as nearly all are in AWS; calls that cost nothing by
 * themselves (Lambda's Invoke, Cognito, STS, SSM's standard parameters) have no line. The warehouse's seconds are charged by `WakeUps`.
 */
export const callCharges = (call: Priced): Charge[] =>
  call.status < 200 || call.status >= 300 ? [] : (PRICED[call.service]?.(call) ?? [])

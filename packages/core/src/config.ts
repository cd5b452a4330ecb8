import * as z from "zod"

const name = z.string().min(1)
const url = z.url()

/** Everything a function may read from its environment; each stack passes a function only what it uses. */
const SCHEMA = {
  ACCOUNT_TABLE: name,
  CONNECTION_TABLE: name,
  STANDING_TABLE: name,
  TOKEN_TABLE: name,
  CONVERSATION_TABLE: name,
  DOCUMENT_TABLE: name,
  DOCUMENT_BUCKET: name,
  COMPACTION_QUEUE_URL: url,
  INGEST_TABLE: name,
  ANALYTICS_TABLE: name,
  ROOM_TABLE: name,
  /** Path of the parameters that say where LiveKit is, and its keys. */
  LIVEKIT_PARAMETERS: name,
  RECOMMENDATION_TABLE: name,
  /** Whether the table has its vector index, or is read and compared instead. */
  RECOMMENDATION_SEARCH: z.enum(["index", "table"]),
  /** Least time between two trainings. */
  RECOMMENDATION_PAUSE_SECONDS: z.coerce.number().int().min(0),
  LAKE_BUCKET: name,
  CONCERT_STREAM: name,
  ARTIST_STREAM: name,
  VENUE_STREAM: name,
  LOAD_QUEUE_URL: url,
  /** How long an object of the lake may wait for the loader before the loader is told again. */
  LOAD_OVERDUE_SECONDS: z.coerce.number().int().min(1),
  RUN_QUEUE_URL: url,
  FAN_OUT_QUEUE_URL: url,
  DEPARTURE_QUEUE_URL: url,
  WAREHOUSE_WORKGROUP: name,
  WAREHOUSE_DATABASE: name,
  /** `wss://…/<stage>`, what a browser connects to. */
  WEBSOCKET_URL: url,
  /** `https://…/<stage>`, where @connections is called. */
  WEBSOCKET_CALLBACK_URL: url,
  /** Whose access tokens are believed: the user pool and the client they were made for. */
  TOKEN_ISSUER: url,
  TOKEN_CLIENT_ID: name,
  MODEL_ID: name,
  /** Where models of ticket sales lie, and what is told of them. */
  MODEL_BUCKET: name,
  MODEL_TABLE: name,
  /** A SageMaker endpoint that predicts instead of our own model. */
  MODEL_ENDPOINT: name.optional(),
  /** How long the model may say nothing, before its first word and between two. Gaps of 30 s were seen in healthy streams. */
  MODEL_PATIENCE_MS: z.coerce.number().int().min(10).max(100_000).default(45_000),
  AWS_REGION: name,
  /** What Lambda gives every function: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
  AWS_ACCESS_KEY_ID: name,
  AWS_SECRET_ACCESS_KEY: name,
  AWS_SESSION_TOKEN: name.optional(),
  /** `JSON` where the function's template says so. */
  AWS_LAMBDA_LOG_FORMAT: z.enum(["JSON", "Text"]).default("Text"),
  SST_STAGE: name,
  RELEASE: name.default("dev"),
  /** Set by SDK convention, never by a stack: where AWS answers when it is not AWS. */
  AWS_ENDPOINT_URL: url.optional(),
  AWS_ENDPOINT_URL_DYNAMODB: url.optional(),
  AWS_ENDPOINT_URL_SQS: url.optional(),
  AWS_ENDPOINT_URL_S3: url.optional(),
  AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: url.optional(),
  /** Set by Lambda for each invocation; calls that carry it are shown with it. */
  _X_AMZN_TRACE_ID: name.optional(),
} as const

type Name = keyof typeof SCHEMA

/** The only reader of the environment: lazy, so importing core reads nothing; a missing name fails with its name. */
export function config<N extends Name>(key: N): z.output<(typeof SCHEMA)[N]> {
  const result = SCHEMA[key].safeParse(process.env[key])
  if (!result.success)
    throw new Error(
      `Environment variable ${key} is ${process.env[key] === undefined ? "not set" : "invalid"}: give it to this function in its stack.`,
    )
  return result.data as z.output<(typeof SCHEMA)[N]>
}

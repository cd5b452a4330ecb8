import { Duration } from "aws-cdk-lib"
import { CorsHttpMethod, HttpApi, HttpMethod, HttpNoneAuthorizer } from "aws-cdk-lib/aws-apigatewayv2"
import { HttpUserPoolAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers"
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations"
import { type StackContext, use } from "sst/constructs"
import { Auth } from "./auth.ts"
import { Documents } from "./documents.ts"
import { type Allow, handler, send } from "./defaults.ts"
import { Ingest } from "./ingest.ts"
import { Predictions } from "./predictions.ts"
import { Realtime } from "./realtime.ts"
import { Recommendations } from "./recommendations.ts"
import { Rooms } from "./rooms.ts"
import { sizes } from "./stages.ts"
import { Storage } from "./storage.ts"
import { Warehouse } from "./warehouse.ts"
import { Web } from "./web.ts"

interface Route {
  file: string
  env?: Record<string, string>
  allow?: Allow[]
  /** Seconds; the gateway itself gives up at 30. */
  timeout?: number
  /** MB; 512 unless told. */
  memory?: number
  public?: boolean
  databaseRoles?: string
}

/** Every REST route, one function each. */
export function Api({ stack }: StackContext) {
  const { accounts, connections, conversations, documents, progress, lake, runs } = use(Storage)
  const { edit } = use(Documents)
  const { concerts, artists, venues } = use(Ingest)
  const { pool, client, standing, kept } = use(Auth)
  const warehouse = use(Warehouse)
  const realtime = use(Realtime)
  const rooms = use(Rooms)
  const predictions = use(Predictions)
  const recommendations = use(Recommendations)
  const { origin } = use(Web)

  const api = new HttpApi(stack, "HttpApi", {
    corsPreflight: {
      allowOrigins: [origin, ...sizes(stack.stage).origins],
      allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PUT, CorsHttpMethod.PATCH, CorsHttpMethod.DELETE],
      allowHeaders: ["authorization", "content-type"],
      exposeHeaders: ["retry-after"],
      maxAge: Duration.hours(1),
    },
    defaultAuthorizer: new HttpUserPoolAuthorizer("People", pool, { userPoolClients: [client] }),
  })

  const route = (method: keyof typeof HttpMethod, path: string, props: Route) => {
    const name = props.file.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())
    const fn = handler(stack, name, {
      handler: `packages/functions/src/http/${props.file}.handler`,
      env: props.public ? props.env : { ...standing.env, ...props.env },
      allow: props.public ? props.allow : [...(props.allow ?? []), ...standing.allow],
      timeout: props.timeout,
      memory: props.memory,
      databaseRoles: props.databaseRoles,
    })
    api.addRoutes({
      path,
      methods: [HttpMethod[method]],
      integration: new HttpLambdaIntegration(name, fn),
      authorizer: props.public ? new HttpNoneAuthorizer() : undefined,
    })
  }

  const streams = { CONCERT_STREAM: concerts.streamName, ARTIST_STREAM: artists.streamName, VENUE_STREAM: venues.streamName }
  const streamArns = [concerts, artists, venues].map((stream) => stream.streamArn)
  route("GET", "/health", {
    file: "health",
    public: true,
    env: {
      CONCERT_STREAM: concerts.streamName,
      INGEST_TABLE: progress.tableName,
      LAKE_BUCKET: lake.bucketName,
      RELEASE: process.env.GITHUB_SHA?.slice(0, 7) ?? "dev",
    },
    allow: [
      { actions: ["dynamodb:GetItem"], on: [progress.tableArn] },
      { actions: ["kinesis:DescribeStreamSummary"], on: streamArns },
      { actions: ["s3:ListBucket"], on: [lake.bucketArn] },
    ],
  })
  route("POST", "/events", {
    file: "events-post",
    timeout: 29,
    env: streams,
    allow: [{ actions: ["kinesis:PutRecords"], on: streamArns }],
  })
  route("GET", "/ingest/progress", {
    file: "ingest-progress",
    env: { INGEST_TABLE: progress.tableName },
    allow: [{ actions: ["dynamodb:Query"], on: [progress.tableArn] }],
  })

  const inQuarantine = (...actions: string[]) => ({
    env: { INGEST_TABLE: progress.tableName, LAKE_BUCKET: lake.bucketName },
    allow: [
      { actions: actions.map((action) => `dynamodb:${action}`), on: [progress.tableArn] },
      { actions: ["s3:GetObject"], on: [lake.arnForObjects("quarantine/*")] },
    ],
    timeout: 29,
  })
  route("GET", "/quarantine", { file: "quarantine-list", ...inQuarantine("Query") })
  route("GET", "/quarantine/{id}", { file: "quarantine-get", ...inQuarantine("GetItem") })
  const mending = inQuarantine("GetItem", "PutItem", "UpdateItem")
  route("POST", "/quarantine/{id}/resubmit", {
    file: "quarantine-resubmit",
    ...mending,
    env: { ...mending.env, ...streams },
    allow: [...mending.allow, { actions: ["kinesis:PutRecords"], on: streamArns }],
  })
  route("POST", "/quarantine/{id}/discard", { file: "quarantine-discard", ...mending })

  const reads = { env: warehouse.env, allow: warehouse.read, databaseRoles: warehouse.databaseRoles, timeout: 29 }
  route("GET", "/loads", { file: "loads-list", ...reads })
  route("GET", "/venues/popularity", { file: "venues-popularity", ...reads })
  route("GET", "/venues/{id}", { file: "venue-get", ...reads })
  route("GET", "/concerts", { file: "concerts-list", ...reads })
  route("GET", "/concerts/{id}", { file: "concert-get", ...reads })
  route("GET", "/artists/{id}", { file: "artist-get", ...reads })
  route("GET", "/analytics/sales", { file: "analytics-sales", ...reads })
  route("GET", "/analytics/top", { file: "analytics-top", ...reads })
  route("GET", "/analytics/concerts/{id}", { file: "analytics-concert", ...reads })
  route("GET", "/analytics/freshness", {
    file: "analytics-freshness",
    ...reads,
    env: { ...reads.env, INGEST_TABLE: progress.tableName },
    allow: [...reads.allow, { actions: ["dynamodb:Query"], on: [progress.tableArn] }],
  })

  route("POST", "/predictions/tickets", { file: "predictions-tickets", timeout: 29, ...predictions.predict })
  route("GET", "/models", { file: "models-list", ...predictions.list })
  route("POST", "/models/train", { file: "models-train", timeout: 29, ...predictions.train })
  route("POST", "/models/rollback", { file: "models-rollback", ...predictions.rollback })

  route("GET", "/recommendations", { file: "recommendations-list", ...recommendations.list })
  route("POST", "/recommendations/feedback", { file: "recommendation-feedback-post", ...recommendations.feedback })

  const talk = { CONVERSATION_TABLE: conversations.tableName }
  const on = [conversations.tableArn]
  const read: Allow = { actions: ["dynamodb:GetItem", "dynamodb:Query"], on }
  route("POST", "/chat", {
    file: "chat-post",
    timeout: 29,
    env: { ...talk, RUN_QUEUE_URL: runs.queueUrl },
    allow: [{ actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query"], on }, send(runs)],
  })
  route("GET", "/conversations", { file: "conversations-list", env: talk, allow: [{ actions: ["dynamodb:Query"], on }] })
  route("GET", "/conversations/{id}", { file: "conversation-get", env: talk, allow: [{ actions: ["dynamodb:GetItem"], on }] })
  route("PATCH", "/conversations/{id}", {
    file: "conversation-patch",
    env: talk,
    allow: [{ actions: ["dynamodb:UpdateItem"], on }],
  })
  route("DELETE", "/conversations/{id}", {
    file: "conversation-delete",
    timeout: 29,
    env: talk,
    allow: [read, { actions: ["dynamodb:DeleteItem", "dynamodb:BatchWriteItem"], on }],
  })
  route("GET", "/conversations/{id}/messages", { file: "messages-list", env: talk, allow: [read] })
  /** Asking for a run whose workers died long ago ends it. */
  route("GET", "/runs/{id}", {
    file: "run-get",
    env: talk,
    allow: [read, { actions: ["dynamodb:UpdateItem", "dynamodb:PutItem"], on }],
  })
  route("POST", "/runs/{id}/stop", {
    file: "run-stop",
    env: talk,
    allow: [{ actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], on }],
  })

  const drafts = (...actions: string[]) => ({
    env: { DOCUMENT_TABLE: documents.tableName, ...rooms.get.env },
    allow: [...rooms.get.allow, { actions: actions.map((action) => `dynamodb:${action}`), on: [documents.tableArn] }],
  })
  route("POST", "/documents", { file: "document-post", ...drafts("PutItem") })
  route("GET", "/documents", { file: "documents-list", ...drafts("Query", "BatchGetItem") })
  route("GET", "/documents/{id}", { file: "document-get", ...drafts("GetItem") })
  const changing = drafts("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem")
  route("PATCH", "/documents/{id}", {
    file: "document-patch",
    env: { ...changing.env, ...realtime.publishEnv },
    /** Who is removed is taken off the readers. */
    allow: [...changing.allow, ...realtime.publish],
  })
  route("GET", "/documents/{id}/versions", { file: "document-versions-list", ...drafts("GetItem", "Query") })
  route("POST", "/documents/{id}/restore", {
    file: "document-restore",
    timeout: 29,
    /** It reads two states of a document that may have 32 MB. */
    memory: 2048,
    env: { ...realtime.publishEnv, ...edit.env, ...rooms.get.env },
    allow: [...edit.allow, ...rooms.get.allow, ...realtime.publish],
  })

  route("POST", "/rooms", { file: "room-post", ...rooms.create })
  route("GET", "/rooms", { file: "rooms-list", ...rooms.list })
  route("GET", "/rooms/{id}", { file: "room-get", ...rooms.get })
  route("GET", "/rooms/{id}/messages", { file: "room-messages-list", ...rooms.read })
  route("GET", "/rooms/{id}/members", { file: "room-members-list", ...rooms.read })
  route("POST", "/rooms/{id}/members", { file: "room-member-post", ...rooms.invite })
  route("GET", "/rooms/{id}/runs/{run}", {
    file: "room-run-get",
    env: { ...rooms.get.env, ...talk },
    allow: [...rooms.get.allow, read],
  })
  route("POST", "/rooms/{id}/call", { file: "room-call", ...rooms.call })
  route("DELETE", "/rooms/{id}/members", {
    file: "room-member-delete",
    env: { ...rooms.remove.env, ...realtime.publishEnv, DOCUMENT_TABLE: documents.tableName },
    /** Out of the room's documents, too. */
    allow: [...rooms.remove.allow, ...realtime.publish, { actions: ["dynamodb:BatchGetItem"], on: [documents.tableArn] }],
  })

  route("GET", "/rooms/{id}/connections", {
    file: "room-connections-list",
    env: { ...rooms.get.env, CONNECTION_TABLE: connections.tableName },
    allow: [...rooms.get.allow, { actions: ["dynamodb:GetItem", "dynamodb:Query"], on: [connections.tableArn] }],
  })
  route("POST", "/rooms/{id}/notices", {
    file: "room-notice-post",
    env: { ...rooms.announce.env, ...realtime.publishEnv },
    allow: [...rooms.announce.allow, ...realtime.publish],
  })

  const live = { actions: ["dynamodb:Query"], on: [connections.tableArn] }
  route("GET", "/people/{id}/connections", {
    file: "person-connections-list",
    env: { CONNECTION_TABLE: connections.tableName },
    allow: [live],
  })
  route("DELETE", "/people/{id}/connections", {
    file: "person-connections-delete",
    timeout: 29,
    env: realtime.closeEnv,
    allow: [...realtime.close, live],
  })
  route("DELETE", "/people/{id}/connections/{connectionId}", {
    file: "person-connection-delete",
    env: realtime.closeEnv,
    allow: realtime.close,
  })
  route("POST", "/notices", {
    file: "notice-post",
    env: { ACCOUNT_TABLE: accounts.tableName, CONNECTION_TABLE: connections.tableName },
    allow: [
      { actions: ["dynamodb:GetItem"], on: [accounts.tableArn] },
      { actions: ["dynamodb:PutItem", "dynamodb:UpdateItem"], on: [connections.tableArn] },
    ],
  })

  route("POST", "/realtime/ticket", {
    file: "ticket-post",
    env: { CONNECTION_TABLE: connections.tableName, WEBSOCKET_URL: realtime.url, ...kept.env },
    allow: [{ actions: ["dynamodb:PutItem"], on: [connections.tableArn] }, kept.write],
  })
  route("GET", "/me", {
    file: "me-get",
    env: { ACCOUNT_TABLE: accounts.tableName },
    allow: [{ actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], on: [accounts.tableArn] }],
  })

  stack.addOutputs({ HttpUrl: api.apiEndpoint })
  return { url: api.apiEndpoint }
}

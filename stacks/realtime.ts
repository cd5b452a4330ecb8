import { Duration } from "aws-cdk-lib"
import { WebSocketApi, WebSocketStage } from "aws-cdk-lib/aws-apigatewayv2"
import { WebSocketLambdaAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers"
import { WebSocketLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations"
import { EventSourceMapping } from "aws-cdk-lib/aws-lambda"
import { type StackContext, use } from "sst/constructs"
import { Auth } from "./auth.ts"
import { type Allow, consume, handler, queue, scheduled, send } from "./defaults.ts"
import { Documents } from "./documents.ts"
import { Rooms } from "./rooms.ts"
import { Storage } from "./storage.ts"

/** A shard of a thousand sockets takes a second; one that stalls is cut rather than waited for. */
const FAN_OUT_SECONDS = 10

/** A reload, a tunnel, a change of network: who is back by then has not left. */
const DEPARTURE_DELAY = Duration.seconds(10)

/** The WebSocket API: a ticket opens it, `$default` takes every action, frames for crowds leave through a queue. */
export function Realtime({ stack }: StackContext) {
  const { connections, conversations, documents, runs } = use(Storage)
  const { client, issuer, standing, kept, groups } = use(Auth)
  const { edit } = use(Documents)
  const { talk, lost, call } = use(Rooms)
  const table = connections.tableArn

  /** Frames of a topic wait for one another here: a message group is the topic, or a shard of its sockets. */
  const { queue: frames } = queue(stack, "FanOutQueue", { timeout: FAN_OUT_SECONDS, receives: 3, fifo: true })
  const { queue: departures } = queue(stack, "DepartureQueue", { timeout: 10, receives: 3, delay: DEPARTURE_DELAY })

  /** Forgetting a connection: its row, its places in rosters, and telling the others in a while. */
  const forget: Allow[] = [
    { actions: ["dynamodb:UpdateItem", "dynamodb:GetItem", "dynamodb:BatchGetItem"], on: [table] },
    send(departures),
  ]
  const forgetEnv = { CONNECTION_TABLE: connections.tableName, DEPARTURE_QUEUE_URL: departures.queueUrl }

  const authorize = handler(stack, "SocketAuthorizer", {
    handler: "packages/functions/src/ws/authorize.handler",
    env: { CONNECTION_TABLE: connections.tableName, ...standing.env, ...kept.env },
    allow: [{ actions: ["dynamodb:DeleteItem"], on: [table] }, ...standing.allow, ...kept.read],
  })
  const api = new WebSocketApi(stack, "SocketApi", {
    routeSelectionExpression: "$request.body.action",
  })
  const stage = new WebSocketStage(stack, "SocketStage", { webSocketApi: api, stageName: "live", autoDeploy: true })

  const sockets = (method: "POST" | "GET" | "DELETE"): Allow => ({
    actions: ["execute-api:ManageConnections"],
    on: [`arn:aws:execute-api:${stack.region}:${stack.account}:${api.apiId}/live/${method}/@connections/*`],
  })
  const callbackEnv = { ...forgetEnv, WEBSOCKET_CALLBACK_URL: stage.callbackUrl }

  /** Posting to all sockets of a person, and forgetting those that are gone. */
  const post: Allow[] = [...forget, sockets("POST"), { actions: ["dynamodb:Query"], on: [table] }]
  /** Posting to everybody who listens to a topic. */
  const publish: Allow[] = [...post, send(frames)]
  /** Closing sockets from this side. */
  const close: Allow[] = [...forget, sockets("DELETE")]
  const publishEnv = { ...callbackEnv, FAN_OUT_QUEUE_URL: frames.queueUrl }

  /** Both tell who traces a person, or a room, that somebody came or went. */
  const connect = handler(stack, "SocketConnect", {
    handler: "packages/functions/src/ws/connect.handler",
    env: { CONNECTION_TABLE: connections.tableName, WEBSOCKET_CALLBACK_URL: stage.callbackUrl },
    allow: [{ actions: ["dynamodb:UpdateItem", "dynamodb:GetItem"], on: [table] }, sockets("POST")],
  })
  api.addRoute("$connect", {
    integration: new WebSocketLambdaIntegration("Connect", connect),
    authorizer: new WebSocketLambdaAuthorizer("Ticket", authorize, { identitySource: ["route.request.querystring.ticket"] }),
  })
  const disconnect = handler(stack, "SocketDisconnect", {
    handler: "packages/functions/src/ws/disconnect.handler",
    env: callbackEnv,
    allow: [...forget, sockets("POST")],
  })
  api.addRoute("$disconnect", { integration: new WebSocketLambdaIntegration("Disconnect", disconnect) })

  const actions = handler(stack, "SocketDefault", {
    handler: "packages/functions/src/ws/default.handler",
    hot: true,
    timeout: 29,
    env: {
      ...publishEnv,
      ...edit.env,
      ...talk.env,
      ...standing.env,
      ...kept.env,
      TOKEN_CLIENT_ID: client.userPoolClientId,
      CONVERSATION_TABLE: conversations.tableName,
      RUN_QUEUE_URL: runs.queueUrl,
    },
    allow: [
      ...publish,
      ...edit.allow,
      ...talk.allow,
      /** Closing a socket whose token has expired. */
      sockets("DELETE"),
      {
        actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query"],
        on: [conversations.tableArn],
      },
      send(runs),
      ...standing.allow,
      ...kept.read,
      kept.write,
    ],
  })
  api.addRoute("$default", { integration: new WebSocketLambdaIntegration("Actions", actions) })

  const fanOut = handler(stack, "FanOut", {
    handler: "packages/functions/src/queues/fan-out.handler",
    hot: true,
    timeout: FAN_OUT_SECONDS,
    env: callbackEnv,
    allow: [consume(frames), ...post],
  })
  new EventSourceMapping(stack, "FanOutSource", {
    target: fanOut,
    eventSourceArn: frames.queueArn,
    /** The most a FIFO queue gives: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
    batchSize: 10,
    reportBatchItemFailures: true,
  })

  const leave = handler(stack, "Departures", {
    handler: "packages/functions/src/queues/departures.handler",
    env: { ...publishEnv, ...lost.env },
    allow: [consume(departures), ...publish, ...lost.allow],
  })
  new EventSourceMapping(stack, "DepartureSource", {
    target: leave,
    eventSourceArn: departures.queueArn,
    /** People who were lost together are told of together. */
    batchSize: 100,
    maxBatchingWindow: Duration.seconds(1),
    reportBatchItemFailures: true,
  })

  /** What `$disconnect` never told, whose token or session has ended, and who lost the right to what they hear: rights on a live socket end within a minute. */
  scheduled(stack, "ConnectionSweep", {
    every: Duration.minutes(1),
    handler: "packages/functions/src/schedules/sweep-connections.handler",
    timeout: 55,
    env: { ...publishEnv, ...kept.env, ...call.env, TOKEN_ISSUER: issuer, DOCUMENT_TABLE: documents.tableName },
    allow: [
      /** Notices to everybody, and who left, to those who stay. */
      ...publish,
      sockets("GET"),
      sockets("DELETE"),
      { actions: ["dynamodb:Scan", "dynamodb:DeleteItem"], on: [table] },
      ...kept.read,
      groups,
      /** Who has a right to the rooms and documents that they listen to; calls they had no right to. */
      ...call.allow,
      { actions: ["dynamodb:BatchGetItem"], on: [documents.tableArn] },
    ],
  })

  stack.addOutputs({ SocketUrl: stage.url })
  return { url: stage.url, post, postEnv: callbackEnv, publish, publishEnv, close, closeEnv: callbackEnv }
}

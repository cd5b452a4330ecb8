import { Duration } from "aws-cdk-lib"
import { WebSocketApi, WebSocketStage } from "aws-cdk-lib/aws-apigatewayv2"
import { WebSocketLambdaAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers"
import { WebSocketLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations"
import { type StackContext, use } from "sst/constructs"
import { type Allow, handler, scheduled, send } from "./defaults.ts"
import { Documents } from "./documents.ts"
import { Rooms } from "./rooms.ts"
import { Storage } from "./storage.ts"

/** The WebSocket API: a ticket opens it, `$default` takes every action. */
export function Realtime({ stack }: StackContext) {
  const { connections, conversations, runs } = use(Storage)
  const { edit } = use(Documents)
  const { talk } = use(Rooms)
  const env = { CONNECTION_TABLE: connections.tableName }

  const authorize = handler(stack, "SocketAuthorizer", {
    handler: "packages/functions/src/ws/authorize.handler",
    env,
    allow: [{ actions: ["dynamodb:DeleteItem"], on: [connections.tableArn] }],
  })
  const connect = handler(stack, "SocketConnect", {
    handler: "packages/functions/src/ws/connect.handler",
    env,
    allow: [{ actions: ["dynamodb:PutItem"], on: [connections.tableArn] }],
  })
  const disconnect = handler(stack, "SocketDisconnect", {
    handler: "packages/functions/src/ws/disconnect.handler",
    env,
    allow: [{ actions: ["dynamodb:DeleteItem"], on: [connections.tableArn] }],
  })

  const api = new WebSocketApi(stack, "SocketApi", {
    routeSelectionExpression: "$request.body.action",
    connectRouteOptions: {
      integration: new WebSocketLambdaIntegration("Connect", connect),
      authorizer: new WebSocketLambdaAuthorizer("Ticket", authorize, { identitySource: ["route.request.querystring.ticket"] }),
    },
    disconnectRouteOptions: { integration: new WebSocketLambdaIntegration("Disconnect", disconnect) },
  })
  const stage = new WebSocketStage(stack, "SocketStage", { webSocketApi: api, stageName: "live", autoDeploy: true })

  /** Posting to a socket, and forgetting it when it is gone. */
  const answer: Allow[] = [
    {
      actions: ["execute-api:ManageConnections"],
      on: [`arn:aws:execute-api:${stack.region}:${stack.account}:${api.apiId}/live/POST/@connections/*`],
    },
    { actions: ["dynamodb:DeleteItem"], on: [connections.tableArn] },
  ]
  /** Posting to all sockets of a person. */
  const post: Allow[] = [...answer, { actions: ["dynamodb:Query"], on: [`${connections.tableArn}/index/byUser`] }]
  /** As `publish`, for who never posts to one person. */
  const tell: Allow[] = [...answer, { actions: ["dynamodb:Query"], on: [connections.tableArn] }]
  /** Posting to everybody who listens to a topic. */
  const publish: Allow[] = [...post, { actions: ["dynamodb:Query"], on: [connections.tableArn] }]
  const postEnv = { ...env, WEBSOCKET_CALLBACK_URL: stage.callbackUrl }

  const actions = handler(stack, "SocketDefault", {
    handler: "packages/functions/src/ws/default.handler",
    timeout: 29,
    env: {
      ...postEnv,
      ...edit.env,
      ...talk.env,
      CONVERSATION_TABLE: conversations.tableName,
      RUN_QUEUE_URL: runs.queueUrl,
    },
    allow: [
      ...answer,
      ...edit.allow,
      ...talk.allow,
      {
        actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query"],
        on: [conversations.tableArn],
      },
      { actions: ["dynamodb:PutItem", "dynamodb:Query"], on: [connections.tableArn] },
      send(runs),
    ],
  })
  api.addRoute("$default", { integration: new WebSocketLambdaIntegration("Actions", actions) })

  /** What `$disconnect` never told: it is best effort, and TTL alone may take days. */
  scheduled(stack, "ConnectionSweep", {
    every: Duration.minutes(15),
    handler: "packages/functions/src/schedules/sweep-connections.handler",
    timeout: 60,
    env,
    allow: [{ actions: ["dynamodb:Scan", "dynamodb:BatchWriteItem"], on: [connections.tableArn] }],
  })

  stack.addOutputs({ SocketUrl: stage.url })
  return { url: stage.url, post, postEnv, tell, publish, publishEnv: postEnv }
}

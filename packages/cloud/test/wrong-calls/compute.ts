import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi"
import { BedrockRuntimeClient, ConverseCommand, type ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime"
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda"
import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from "@aws-sdk/client-redshift-data"
import { once, type Row, type World } from "./row.ts"

const NOBODY = "AAAAAAAAAAAAAAA="

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */
export function lambdaRows(world: World): Row[] {
  const client = new LambdaClient(once(world))
  const invoke = (input: object) => client.send(new InvokeCommand({ FunctionName: "echo", Payload: "{}", ...input }))
  return [
    ["Invoke of no function", () => invoke({ FunctionName: "nowhere" }), "ResourceNotFoundException", 404],
    ["Invoke of no alias", () => invoke({ Qualifier: "live" }), "ResourceNotFoundException", 404],
    ["Invoke with what is no JSON", () => invoke({ Payload: "{" }), "InvalidRequestContentException", 400],
    [
      "Invoke with more than 6 MB",
      () => invoke({ Payload: JSON.stringify("x".repeat(6_300_000)) }),
      "RequestTooLargeException",
      413,
    ],
  ]
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html */
export function connectionRows(world: World): Row[] {
  const client = new ApiGatewayManagementApiClient(once(world))
  const post = (ConnectionId: string, size = 1) =>
    client.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.alloc(size, 32) }))
  return [
    ["PostToConnection to who is gone", () => post(NOBODY), "GoneException", 410],
    ["PostToConnection to no connection id", () => post("x"), "BadRequestException", 400],
    ["PostToConnection of more than 128 KB", () => post(NOBODY, 128 * 1024 + 1), "PayloadTooLargeException", 413],
    ["GetConnection of who is gone", () => client.send(new GetConnectionCommand({ ConnectionId: NOBODY })), "GoneException", 410],
    [
      "DeleteConnection of who is gone",
      () => client.send(new DeleteConnectionCommand({ ConnectionId: NOBODY })),
      "GoneException",
      410,
    ],
  ]
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors */
export function bedrockRows(world: World): Row[] {
  const client = new BedrockRuntimeClient(once(world))
  const user = (text: string) => ({ role: "user" as const, content: [{ text }] })
  const converse = (input: Partial<ConverseCommandInput>) =>
    client.send(new ConverseCommand({ modelId: "amazon.nova-micro-v1:0", messages: [user("Hello")], ...input }))
  const V = "ValidationException"
  return [
    ["Converse with no model id", () => converse({ modelId: "nova!" }), V, 400],
    ["Converse without a message", () => converse({ messages: [] }), V, 400],
    [
      "Converse that the assistant opens",
      () => converse({ messages: [{ role: "assistant", content: [{ text: "Hello" }] }] }),
      V,
      400,
    ],
    ["Converse with a blank text", () => converse({ messages: [user(" ")] }), V, 400],
    ["Converse with a temperature of 2", () => converse({ inferenceConfig: { temperature: 2 } }), V, 400],
  ]
}

/** https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_GetStatementResult.html#API_GetStatementResult_Errors */
export function redshiftRows(world: World): Row[] {
  const client = new RedshiftDataClient(once(world))
  const place = { WorkgroupName: "house", Database: "house" }
  const execute = (input: object) => client.send(new ExecuteStatementCommand({ ...place, Sql: "SELECT 1", ...input }))
  const Id = "d9b6c0c9-0747-4bf4-b142-e8883122f766"
  const [V, R] = ["ValidationException", "ResourceNotFoundException"] as const
  const done = () => execute({ Sql: "CREATE TABLE IF NOT EXISTS t (n INT)", WaitTimeSeconds: 10 })
  return [
    ["ExecuteStatement in no workgroup", () => execute({ WorkgroupName: "nowhere" }), V, 400],
    ["ExecuteStatement without a workgroup", () => execute({ WorkgroupName: undefined }), V, 400],
    ["ExecuteStatement with an empty list of parameters", () => execute({ Parameters: [] }), V, 400],
    [
      "BatchExecuteStatement of 41",
      () => client.send(new BatchExecuteStatementCommand({ ...place, Sqls: Array<string>(41).fill("SELECT 1") })),
      V,
      400,
    ],
    ["DescribeStatement of no statement", () => client.send(new DescribeStatementCommand({ Id })), R, 400],
    ["GetStatementResult of no statement", () => client.send(new GetStatementResultCommand({ Id })), R, 400],
    [
      "GetStatementResult of what has none",
      () => done().then(({ Id: id }) => client.send(new GetStatementResultCommand({ Id: id }))),
      R,
      400,
    ],
    [
      "CancelStatement of what is over",
      () => done().then(({ Id: id }) => client.send(new CancelStatementCommand({ Id: id }))),
      V,
      400,
    ],
  ]
}

import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb"
import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime"
import { KinesisClient, ListStreamsCommand } from "@aws-sdk/client-kinesis"
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda"
import { ListStatementsCommand, RedshiftDataClient } from "@aws-sdk/client-redshift-data"
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3"
import { once, type Row, type World } from "./row.ts"

/** Cognito's own client is no dependency of this repository: its protocol is JSON over POST. */
async function idp(world: World, operation: string, body: object): Promise<void> {
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    authorization:
      "AWS4-HMAC-SHA256 Credential=ADMIN/20300101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0",
  }
  const response = await fetch(world.awsUrl, { method: "POST", headers, body: JSON.stringify(body) })
  if (response.ok) return
  const { __type } = (await response.json()) as { __type: string }
  throw Object.assign(new Error(), { name: __type, $metadata: { httpStatusCode: response.status } })
}

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html#API_InitiateAuth_Errors */
export function cognitoRows(world: World, UserPoolId: string, ClientId: string): Row[] {
  const Username = "ada@backline.test"
  const call = (operation: string, input: object) => idp(world, operation, { UserPoolId, Username, ...input })
  const signIn = (USERNAME: string, id = ClientId) =>
    idp(world, "InitiateAuth", {
      ClientId: id,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME, PASSWORD: "a wrong password" },
    })
  const add = () => call("AdminCreateUser", { UserAttributes: [{ Name: "email", Value: Username }] })
  return [
    ["InitiateAuth of no client", () => signIn(Username, "nowhere"), "ResourceNotFoundException", 400],
    ["InitiateAuth of nobody, where that is kept secret", () => signIn("nobody@backline.test"), "NotAuthorizedException", 400],
    ["AdminGetUser of nobody", () => call("AdminGetUser", { Username: "nobody@backline.test" }), "UserNotFoundException", 400],
    ["AdminCreateUser twice", () => add().then(add), "UsernameExistsException", 400],
    ["InitiateAuth with a wrong password", () => signIn(Username), "NotAuthorizedException", 400],
    [
      "AdminSetUserPassword with a short one",
      () => call("AdminSetUserPassword", { Password: "short" }),
      "InvalidPasswordException",
      400,
    ],
    [
      "AdminAddUserToGroup of no group",
      () => call("AdminAddUserToGroup", { GroupName: "none" }),
      "ResourceNotFoundException",
      400,
    ],
    ["GetUser with no token", () => idp(world, "GetUser", { AccessToken: "none" }), "NotAuthorizedException", 400],
  ]
}

/** What a role may not do, as each protocol says it. */
export function deniedRows(world: World): Row[] {
  const nobody = once(world, "nobody")
  const D = "AccessDeniedException"
  const get = new GetItemCommand({ TableName: "ROOM", Key: { pk: { S: "a" }, sk: { S: "b" } } })
  const ask = new ConverseCommand({
    modelId: "amazon.nova-micro-v1:0",
    messages: [{ role: "user", content: [{ text: "Hello" }] }],
  })
  return [
    ["GetItem by a role that may not", () => new DynamoDBClient(nobody).send(get), D, 400],
    ["ListStreams by a role that may not", () => new KinesisClient(nobody).send(new ListStreamsCommand({})), D, 400],
    ["ListStatements by a role that may not", () => new RedshiftDataClient(nobody).send(new ListStatementsCommand({})), D, 400],
    ["ListBuckets by a role that may not", () => new S3Client(nobody).send(new ListBucketsCommand({})), "AccessDenied", 403],
    ["Invoke by a role that may not", () => new LambdaClient(nobody).send(new InvokeCommand({ FunctionName: "echo" })), D, 403],
    ["Converse by a role that may not", () => new BedrockRuntimeClient(nobody).send(ask), D, 403],
  ]
}

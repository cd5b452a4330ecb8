import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi"
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb"
import * as fc from "fast-check"
import { afterEach, expect, it, vi } from "vitest"
import { hashOf, signer } from "./signature.ts"

afterEach(() => void vi.useRealTimers())

interface Sent {
  method: string
  hostname: string
  port?: number
  path: string
  headers: Record<string, string>
  body?: Uint8Array | string
}

/** What the SDK would have sent; nothing leaves this process. */
async function sentBy(send: (requestHandler: { handle(request: Sent): Promise<never> }) => Promise<unknown>): Promise<Sent> {
  let sent: Sent | undefined
  const handle = (request: Sent): Promise<never> => {
    sent = request
    return Promise.reject(new Error("far enough"))
  }
  await send({ handle }).catch(() => undefined)
  return sent!
}

const word = fc.stringMatching(/^[A-Za-z0-9+/]{4,40}$/)
const account = fc.record({
  region: fc.constantFrom("us-east-1", "eu-central-1"),
  endpoint: fc.constantFrom(
    "https://a1b2c3.execute-api.us-east-1.amazonaws.com/live",
    "http://127.0.0.1:4566",
    "http://localhost/x y",
  ),
  credentials: fc.record({
    accessKeyId: word,
    secretAccessKey: word,
    sessionToken: fc.option(word, { nil: undefined }),
  }),
})
/** The SDK folds `.` and `..`; no connection is called so. */
const text = fc
  .string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(..."abcXYZ019+/=_-.~!'()* @:é") })
  .filter((id) => !/^\.\.?$/.test(id))
const moment = fc.date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true })

/** Signs what the SDK sent, with the headers that it signed. */
function signedAgain(service: string, { region, credentials }: { region: string; credentials: any }, sent: Sent, at: Date) {
  const names = /SignedHeaders=([^,]+)/.exec(sent.headers.authorization!)![1]!.split(";")
  const headers = Object.fromEntries(names.map((name) => [name, sent.headers[name]!]))
  const bodyHash = hashOf(sent.body ?? "")
  const host = sent.headers.host!
  return signer(service, region, credentials)({ method: sent.method, host, path: sent.path, headers, bodyHash }, at.getTime())
}

it("signs any post to a connection byte for byte as the SDK does", async () => {
  vi.useFakeTimers({ toFake: ["Date"] })
  const property = fc.asyncProperty(
    account,
    text,
    fc.uint8Array({ maxLength: 200 }),
    moment,
    async (of, ConnectionId, Data, at) => {
      vi.setSystemTime(at)
      const sent = await sentBy((requestHandler) =>
        new ApiGatewayManagementApiClient({ ...of, maxAttempts: 1, requestHandler: requestHandler as never }).send(
          new PostToConnectionCommand({ ConnectionId, Data }),
        ),
      )
      const mine = signedAgain("execute-api", of, sent, at)
      expect(mine.authorization).toBe(sent.headers.authorization)
      for (const name of ["x-amz-date", "x-amz-content-sha256", "x-amz-security-token"])
        expect(mine[name]).toBe(sent.headers[name])
    },
  )
  await fc.assert(property, { numRuns: 200 })
})

it("and any call of DynamoDB", async () => {
  vi.useFakeTimers({ toFake: ["Date"] })
  const property = fc.asyncProperty(account, text, moment, async (of, name, at) => {
    vi.setSystemTime(at)
    const sent = await sentBy((requestHandler) =>
      new DynamoDBClient({ ...of, maxAttempts: 1, requestHandler: requestHandler as never }).send(
        new GetItemCommand({ TableName: "any", Key: { pk: { S: name } } }),
      ),
    )
    expect(signedAgain("dynamodb", of, sent, at).authorization).toBe(sent.headers.authorization)
  })
  await fc.assert(property, { numRuns: 100 })
})

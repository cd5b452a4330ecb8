import { once } from "node:events"
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, expect, it } from "vitest"
import { endpointModel } from "../src/prediction/sagemaker.ts"
import type { Snapshot } from "../src/prediction/snapshot.ts"

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html */
const asked: { request: IncomingMessage; body: string }[] = []
let answer: { status: number; body: string }
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    asked.push({ request, body: Buffer.concat(chunks).toString() })
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body)
  })
})

beforeAll(async () => {
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  Object.assign(process.env, {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    MODEL_ENDPOINT: "Tickets-1",
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  })
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const none = { concerts: 0, pull: null, price: null }
const snapshot: Snapshot = {
  lead: 10,
  date: "2026-06-12",
  seats: 900,
  sold: 310,
  week: 42,
  views: 5_100,
  priceMinor: 4_500,
  currency: "EUR",
  artist: none,
  venue: none,
}
const said = { expected: 640, low: 560, high: 730, sellOutProbability: 0.03, effects: [{ factor: "sales", tickets: 52 }] }
const model = { version: "xgb-7", trainedAt: 1_780_000_000_000, mape: 0.06, coverage: 0.8 }

it("asks an endpoint as SageMaker wants to be asked, signed, and takes its answer", async () => {
  answer = { status: 200, body: JSON.stringify({ predictions: [said], model }) }
  expect(await endpointModel().predict(snapshot, 5_500)).toEqual({ forecast: said, model: { ...model, error: null, held: null } })
  const { request, body } = asked.at(-1)!
  expect([request.method, request.url]).toEqual(["POST", "/endpoints/Tickets-1/invocations"])
  expect(request.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/eu-west-1\/sagemaker\/aws4_request/)
  expect(JSON.parse(body)).toEqual({ instances: [{ ...snapshot, whatIfPriceMinor: 5_500 }] })
})

it.each([
  ["a model that failed", { status: 424, body: '{"message":"ModelError"}' }],
  ["another format", { status: 200, body: '{"predictions":[12]}' }],
  ["no JSON", { status: 200, body: "12" }],
])("says that the endpoint did not answer in its format: %s", async (_, given) => {
  answer = given
  await expect(endpointModel().predict(snapshot)).rejects.toMatchObject({ code: "unavailable.prediction_endpoint" })
})

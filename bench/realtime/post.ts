import { spawn } from "node:child_process"
import { once } from "node:events"
import { Agent, request } from "node:http"
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi"
import { payloadOf, post } from "../../packages/core/src/callbacks.ts"
import { inParallel } from "../../packages/core/src/parallel.ts"
import { rounds } from "./paired.ts"
import { Sheet } from "./sheet.ts"

const ROUNDS = { small: 15, full: 41 }
const POSTS = 2_000
/** As many as the fan-out has under way. */
const PARALLEL = 64

const FRAME = JSON.stringify({
  type: "message",
  room: "rom_01JD000000000000000000ROOM",
  epoch: "epo_01JD0000000000000000000EPO",
  seq: 4_711,
  messageId: "msg_01JD0000000000000000000MSG",
  clientId: "8f4d2c1e-0000-4000-8000-000000000000",
  user: { id: "b2222724-879c-4f78-a90d-e4d8163c38d0", name: "Mia Member", number: 3 },
  text: "Doors at seven, the second half begins after the interval.",
  at: 1_763_740_800_000,
})

const ids = Array.from({ length: POSTS }, (_, n) => Buffer.from(String(n).padStart(11, "L")).toString("base64"))

/** Microseconds of this process's CPU for each of so many posts. The stub is another process, and nothing else runs in this one. */
async function cpuPer(each: (connectionId: string) => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await inParallel(ids, PARALLEL, each)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / POSTS
}

function bare(port: number): (connectionId: string) => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL })
  const body = Buffer.from(FRAME)
  const headers = { "content-type": "application/octet-stream", "content-length": String(body.length) }
  return (connectionId) =>
    new Promise((resolve, reject) => {
      const path = `/@connections/${encodeURIComponent(connectionId)}`
      const sent = request({ agent, method: "POST", host: "127.0.0.1", port, path, headers }, (answer) => {
        answer.resume()
        answer.once("end", resolve)
      })
      sent.once("error", reject)
      sent.end(body)
    })
}

/** CPU of a delivery by the product's sender, and by the SDK, over a keep-alive POST of the same bytes to the same stub. */
export async function postCpu({ full }: { full: boolean }): Promise<Sheet> {
  const stub = spawn(process.execPath, [new URL("stub-server.mjs", import.meta.url).pathname], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  try {
    const [line] = (await once(stub.stdout, "data")) as [Buffer]
    const port = Number(line)
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: "token" }
    process.env.AWS_REGION = "us-east-1"
    process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${port}`
    process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId
    process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey
    process.env.AWS_SESSION_TOKEN = credentials.sessionToken
    const payload = payloadOf(FRAME)
    const sdk = new ApiGatewayManagementApiClient({ region: "us-east-1", endpoint: `http://127.0.0.1:${port}`, credentials })
    const [one, other] = [bare(port), bare(port)]
    const count = full ? ROUNDS.full : ROUNDS.small
    const { ratio, median } = await rounds(
      {
        bare: () => cpuPer(one),
        again: () => cpuPer(other),
        ours: () =>
          cpuPer(async (connectionId) => {
            const status = await post(connectionId, payload, 5_000)
            if (status !== 200) throw new Error(`The stub answered ${status}.`)
          }),
        sdk: () =>
          cpuPer(
            async (ConnectionId) => void (await sdk.send(new PostToConnectionCommand({ ConnectionId, Data: payload.bytes }))),
          ),
      },
      count,
    )
    const sheet = new Sheet()
    const how = `${count} rounds of ${POSTS} posts each, ${PARALLEL} under way`
    sheet.add({
      postOverBare: [ratio("ours", "bare"), `CPU of a delivery by the signed sender over a keep-alive POST; ${how}`, { max: 2 }],
      postControl: [ratio("again", "bare"), "the same POST over itself"],
      sdkPostOverBare: [ratio("sdk", "bare"), "PostToConnectionCommand of the SDK over the same"],
      bareUs: [median("bare"), "microseconds of CPU"],
      postUs: [median("ours"), ""],
      sdkPostUs: [median("sdk"), ""],
    })
    return sheet
  } finally {
    stub.kill()
    for (const name of ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
      delete process.env[name]
  }
}

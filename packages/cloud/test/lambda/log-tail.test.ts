import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestCloud } from "../../src/endpoint/test-cloud.ts"
import { createLambda } from "../../src/lambda/runtime.ts"
import { Streams } from "../../src/services/kinesis/index.ts"

const CODE = `exports.handler = async ({ lines }) => { for (let n = 1; n <= lines; n++) console.log("line " + n); if (lines === 0) throw new Error("nothing to say") }`
const lambda = createLambda({ root: process.cwd(), handlers: {}, streams: new Streams(), bundles: ".tmp/log-tail" })

let world: Awaited<ReturnType<typeof createTestCloud>>
let client: LambdaClient
beforeAll(async () => {
  world = await createTestCloud({
    services: [lambda.service],
    resources: {
      Talk: {
        type: "AWS::Lambda::Function",
        properties: {
          FunctionName: "talk",
          Runtime: "nodejs22.x",
          Handler: "index.handler",
          Role: "arn:aws:iam::123456789012:role/talk-role",
          Code: { ZipFile: CODE },
        },
      },
    },
    functions: { talk: [] },
  })
  client = new LambdaClient(world.as())
})
afterAll(async () => {
  client?.destroy()
  await world?.stop()
})

async function tailOf(lines: number, LogType?: "Tail" | "None") {
  const { LogResult } = await client.send(
    new InvokeCommand({ FunctionName: "talk", Payload: JSON.stringify({ lines }), LogType }),
  )
  return LogResult === undefined ? undefined : Buffer.from(LogResult, "base64").toString()
}

test("a caller who asks for the tail gets what the invocation logged, from START to REPORT", async () => {
  const tail = (await tailOf(2, "Tail"))!.trim().split("\n")
  expect(
    tail.map((line) =>
      line
        .split("\t")
        .at(-1)!
        .replace(/ [\da-f-]{36}/, "")
        .split(" ", 2)
        .join(" "),
    ),
  ).toEqual(["START RequestId:", "line 1", "line 2", "END RequestId:", expect.stringMatching(/^(Init Duration:|Max Memory)/)])
})

test("a tail is the last 4 KB, also of an invocation that failed; nobody else gets one", async () => {
  const long = (await tailOf(500, "Tail"))!
  expect(long.length).toBe(4_096)
  expect(long).toContain("line 500")
  expect(long).not.toContain("START")
  expect(await tailOf(0, "Tail")).toContain("nothing to say")
  expect([await tailOf(1), await tailOf(1, "None")]).toEqual([undefined, undefined])
})

test("tails of invocations at the same time do not mix", async () => {
  const tails = await Promise.all([1, 2, 3, 4].map((lines) => tailOf(lines, "Tail")))
  expect(tails.map((tail) => tail!.match(/line \d/g)!.length)).toEqual([1, 2, 3, 4])
})

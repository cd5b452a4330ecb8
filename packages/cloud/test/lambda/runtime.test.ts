import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { arnOf, eventually, resource, world, type World } from "../../src/lambda/testing/functions.ts"

const FILES = {
  echo: `export const handler = async (event, context) => ({ event, context: { ...context, left: context.getRemainingTimeInMillis() } })`,
  env: `export const handler = async () => ({ env: process.env, argv: process.execArgv })`,
  state: `let calls = 0; const born = Math.random()
    export const handler = async ({ ms }) => { calls++; const mine = calls; await new Promise(r => setTimeout(r, ms ?? 0)); return { born, calls: mine, same: mine === calls } }`,
  slow: `export const handler = async () => { console.log("began"); await new Promise(r => setTimeout(r, 60000)) }`,
  spin: `export const handler = async () => { for (;;); }`,
  later: `export const handler = async () => { setTimeout(() => console.log("ran on: timer"), 20)
    void (async () => { await new Promise(r => setTimeout(r, 30)); console.log("ran on: promise") })(); return "returned" }`,
  broken: `export const handler = async ({ how }) => {
      if (how === "throw") throw new TypeError("no such seat")
      if (how === "text") throw "just text"
      if (how === "exit") process.exit(7)
      if (how === "exit0") process.exit(0)
      if (how === "uncaught") { setTimeout(() => { throw new RangeError("loose") }, 1); await new Promise(r => setTimeout(r, 5000)) }
      if (how === "rejection") { void Promise.reject(new Error("nobody waits")); await new Promise(r => setTimeout(r, 5000)) }
      if (how === "memory") { const all = []; for (;;) all.push(new Array(1e6).fill(Math.random())) }
      if (how === "circular") { const a = {}; a.a = a; return a }
      if (how === "large") return "x".repeat(7 * 1024 * 1024)
      if (how === "never") return new Promise(() => {})
      return "fine" }`,
  callback: `export const handler = (event, context, callback) => { if (event.error) return callback(new Error(event.error)); context.callbackWaitsForEmptyEventLoop = !!event.wait
      let out = "early"; setTimeout(() => { out = "late" }, 20); callback(null, { get out() { return out } }) }`,
  unloadable: `throw new Error("no configuration")\nexport const handler = 1`,
  missing: `export const other = 1`,
  talk: `export const handler = async () => { console.log("one", { a: 1 }); console.error("two"); process.stdout.write("three\\n"); return 1 }`,
  clock: `export const handler = async () => ({ now: Date.now(), date: new Date().getTime(), fixed: new Date(5).getTime(), is: new Date() instanceof Date })`,
}

let w: World
beforeAll(async () => {
  w = await world(FILES)
  for (const name of Object.keys(FILES)) await w.declare(name)
})
afterAll(() => w.stop())

const run = (name: string, event: unknown = {}) => w.lambda.invoke(name, event)

describe("invoking", () => {
  test("gives the handler the event as JSON and the context AWS documents", async () => {
    const { payload } = await run(arnOf("echo"), { at: new Date(0), none: undefined, list: [1] })
    expect(payload.event).toEqual({ at: "1970-01-01T00:00:00.000Z", list: [1] })
    expect(payload.context).toMatchObject({
      functionName: "echo",
      functionVersion: "$LATEST",
      invokedFunctionArn: arnOf("echo"),
      memoryLimitInMB: "256",
      logGroupName: "/aws/lambda/echo",
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      callbackWaitsForEmptyEventLoop: true,
    })
    expect(payload.context.left).toBeGreaterThan(4_000)
    expect(payload.context.left).toBeLessThanOrEqual(5_000)
  })

  test("keeps a warm environment and initializes it once", async () => {
    const first = (await run("state")).payload
    const second = (await run("state")).payload
    expect(second).toEqual({ born: first.born, calls: first.calls + 1, same: true })
  })

  test("never runs two invocations in one environment at a time", async () => {
    const all = await Promise.all(Array.from({ length: 40 }, (_, index) => run("state", { ms: (index * 7) % 40 })))
    expect(all.map(({ payload }) => payload.same)).not.toContain(false)
    expect(new Set(all.map(({ payload }) => `${payload.born} ${payload.calls}`)).size).toBe(40)
  })

  test("refuses unknown functions and events over 6 MB as AWS does", async () => {
    await expect(run("nobody")).rejects.toMatchObject({ code: "ResourceNotFoundException", status: 404 })
    await expect(run("echo", "x".repeat(6 * 1024 * 1024))).rejects.toMatchObject({
      code: "RequestTooLargeException",
      status: 413,
    })
  })

  test("answers callbacks, at once or when the event loop is empty", async () => {
    expect((await run("callback", { wait: true })).payload).toEqual({ out: "late" })
    expect((await run("callback", { wait: false })).payload).toEqual({ out: "early" })
    expect((await run("callback", { error: "bad" })).error).toMatchObject({ errorType: "Error", errorMessage: "bad" })
  })

  test("moves the handler's clock with the cloud's", async () => {
    const { payload: before } = await run("clock")
    expect(Math.abs(before.now - w.cloud.now())).toBeLessThan(2_000)
    w.cloud.advance(3_600_000)
    const { payload } = await run("clock")
    expect(Math.abs(payload.now - w.cloud.now())).toBeLessThan(2_000)
    expect(Math.abs(payload.date - payload.now)).toBeLessThan(50)
    expect(payload).toMatchObject({ fixed: 5, is: true })
  })
})

describe("the environment", () => {
  test("is the template's and Lambda's own, with nothing of the host", async () => {
    process.env.BACKLINE_CANARY = "host"
    process.env.NODE_OPTIONS ??= ""
    await w.declare("env", { Environment: { Variables: { STAGE: "test", NODE_OPTIONS: "--enable-source-maps" } } })
    const { env, argv } = (await run("env")).payload
    delete process.env.BACKLINE_CANARY
    expect(Object.keys(env).sort()).toEqual(
      [
        "AWS_ACCESS_KEY_ID",
        "AWS_CONFIG_FILE",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_REGION",
        "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SHARED_CREDENTIALS_FILE",
        "LAMBDA_TASK_ROOT",
        "LANG",
        "STAGE",
        "TZ",
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
      ].sort(),
    )
    expect(env).toMatchObject({
      STAGE: "test",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL: w.cloud.awsUrl,
      AWS_LAMBDA_FUNCTION_NAME: "env",
    })
    expect(env.AWS_ACCESS_KEY_ID).toMatch(/^ASIA[A-Z2-9]{16}$/)
    expect(w.lambda.callerOf(env.AWS_ACCESS_KEY_ID)).toMatchObject({ kind: "function", functionName: "env" })
    expect(w.lambda.credentials("env").accessKeyId).toBe(env.AWS_ACCESS_KEY_ID)
    expect(argv).toEqual(["--enable-source-maps"])
  })
})

describe("freezing", () => {
  test("nothing runs on after the handler returned; it goes on with the next event", async () => {
    const ranOn = () => w.cloud.lines.filter(({ line }) => line.startsWith("ran on")).map(({ line }) => line)
    expect((await run("later")).payload).toBe("returned")
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(ranOn()).toEqual([])
    await run("later")
    expect(ranOn()).toEqual(["ran on: timer", "ran on: promise"])
  })
})

describe("failures", () => {
  test("are reported with type, message and trace, and the environment stays", async () => {
    const { error, payload } = await run("broken", { how: "throw" })
    expect(payload).toBeUndefined()
    expect(error).toMatchObject({ errorType: "TypeError", errorMessage: "no such seat" })
    expect(error!.stackTrace![0]).toBe("TypeError: no such seat")
    expect((await run("broken", { how: "text" })).error).toMatchObject({ errorType: "string", errorMessage: "just text" })
    expect((await run("broken", { how: "circular" })).error).toMatchObject({ errorType: "Runtime.MarshalError" })
    expect((await run("broken", { how: "large" })).error).toMatchObject({ errorType: "Function.ResponseSizeTooLarge" })
    expect((await run("broken", { how: "never" })).payload).toBeNull()
  })

  test("that end the process fail the invocation as AWS says, and the next one gets a new environment", async () => {
    expect((await run("broken", { how: "exit" })).error).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringContaining("exit status 7"),
    })
    expect((await run("broken", { how: "exit0" })).error).toMatchObject({
      errorMessage: expect.stringContaining("without providing a reason"),
    })
    expect((await run("broken", { how: "uncaught" })).error).toMatchObject({ errorType: "RangeError", errorMessage: "loose" })
    expect((await run("broken", { how: "rejection" })).error).toMatchObject({
      errorType: "Runtime.UnhandledPromiseRejection",
      errorMessage: "Error: nobody waits",
    })
    expect((await run("broken", { how: "memory" })).error).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringContaining("signal: killed"),
    })
    expect((await run("broken", {})).payload).toBe("fine")
  })

  test("in loading are told apart", async () => {
    expect((await run("unloadable")).error).toMatchObject({ errorType: "Error", errorMessage: "no configuration" })
    expect((await run("missing")).error).toMatchObject({ errorType: "Runtime.HandlerNotFound" })
  })

  test("time out at the template's limit, whether the handler waits or spins", async () => {
    for (const name of ["slow", "spin"]) {
      await w.declare(name, { Timeout: 1 })
      await run("echo")
      const started = performance.now()
      const { error, requestId } = await run(name)
      expect(error).toMatchObject({ errorType: "Sandbox.Timedout" })
      expect(error!.errorMessage).toMatch(new RegExp(`^\\d{4}-.*Z ${requestId} Task timed out after 1.00 seconds$`))
      expect(performance.now() - started).toBeLessThan(4_000)
    }
  })

  test("a killed function fails what runs in it as a crash", async () => {
    await w.declare("slow", { Timeout: 30 })
    const began = () => w.cloud.lines.filter(({ source, line }) => source === "slow" && line === "began").length
    const before = began()
    const running = run("slow")
    await eventually(() => began() > before)
    expect(w.lambda.kill("slow")).toBeGreaterThan(0)
    expect((await running).error).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringContaining("signal: killed"),
    })
  })
})

describe("concurrency", () => {
  test("reserved concurrency throttles with 429 what is over it", async () => {
    await w.declare("state", { ReservedConcurrentExecutions: 2 })
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => run("state", { ms: 50 })))
    const refused = all.filter((each) => each.status === "rejected")
    expect(refused).toHaveLength(3)
    expect((refused[0] as PromiseRejectedResult).reason).toMatchObject({ code: "TooManyRequestsException", status: 429 })
    await w.declare("state")
  })

  test("workers stay within their number while other functions get their turn", async () => {
    const small = await world({ a: FILES.state, b: FILES.state, c: FILES.state }, { maxWorkers: 2 })
    for (const name of ["a", "b", "c"]) await small.declare(name)
    const calls = Array.from({ length: 60 }, (_, index) => small.lambda.invoke("abc"[index % 3]!, { ms: 5 }))
    const most = (small.lambda.state() as any).workers
    expect((await Promise.all(calls)).map(({ payload }) => payload.same)).not.toContain(false)
    expect(Math.max(most, (small.lambda.state() as any).workers)).toBeLessThanOrEqual(2)
    await small.stop()
  })

  test("idle workers go away", async () => {
    const small = await world({ a: FILES.state }, { idleMs: 200 })
    await small.declare("a")
    await small.lambda.invoke("a", {})
    expect((small.lambda.state() as any).workers).toBe(1)
    await eventually(() => (small.lambda.state() as any).workers === 0)
    await small.stop()
  })
})

describe("logs", () => {
  test("carry START, the handler's lines, END and REPORT to the function's log group as the function", async () => {
    const { requestId } = await run("talk")
    const put = await eventually(() =>
      w.cloud.recorded.find(({ operation, body }) => operation === "PutLogEvents" && body.logGroupName === "/aws/lambda/talk"),
    )
    expect(put.as).toBe("talk")
    const lines: string[] = put.body.logEvents.map(({ message }: { message: string }) => message)
    expect(lines[0]).toBe(`START RequestId: ${requestId} Version: $LATEST`)
    expect(lines[1]).toMatch(new RegExp(`Z\\t${requestId}\\tINFO\\tone \\{ a: 1 \\}$`))
    expect(lines[2]).toMatch(/\tERROR\ttwo$/)
    expect(lines.slice(3, 5)).toEqual(["three", `END RequestId: ${requestId}`])
    expect(lines[5]).toMatch(
      /^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms$/,
    )
    expect(
      w.cloud.recorded.findIndex(({ operation, as }) => operation === "CreateLogStream" && as === "talk"),
    ).toBeGreaterThanOrEqual(0)
    expect(w.cloud.lines.filter(({ source }) => source === "talk").map(({ line }) => line)).toContain("one { a: 1 }")
  })
})

describe("versions, aliases and the Invoke API", () => {
  const post = (path: string, body: unknown, headers: Record<string, string> = {}, as?: string) =>
    w.cloud.call({ service: "lambda", path: `/2015-03-31/functions/${path}/invocations`, body, headers, as })

  test("an alias runs its version and says so", async () => {
    await w.provision(resource("AWS::Lambda::Version", "EchoV1", { FunctionName: "echo" }, { attributes: { Version: "1" } }))
    await w.provision(resource("AWS::Lambda::Alias", "EchoLive", { FunctionName: "echo", FunctionVersion: "1", Name: "live" }))
    const { payload } = await run(`${arnOf("echo")}:live`)
    expect(payload.context).toMatchObject({ functionVersion: "1", invokedFunctionArn: `${arnOf("echo")}:live` })
    await expect(run("echo:gone")).rejects.toMatchObject({ code: "ResourceNotFoundException" })
  })

  test("Invoke answers the payload, or the error with X-Amz-Function-Error", async () => {
    const answer = await post("state", { ms: 1 })
    expect(answer.status).toBe(200)
    expect(answer.json.same).toBe(true)
    expect((await post("broken", { how: "throw" })).json).toMatchObject({ errorType: "TypeError", errorMessage: "no such seat" })
    expect((await post("nobody", {})).json).toMatchObject({ __type: "ResourceNotFoundException" })
    expect((await post("state", { ms: 1 }, { "x-amz-invocation-type": "Event" })).status).toBe(202)
    w.cloud.denied.add("lambda:InvokeFunction")
    expect((await post(encodeURIComponent(arnOf("echo")), {}, {}, "state")).json).toMatchObject({
      __type: "AccessDeniedException",
    })
    expect(w.cloud.recorded.at(-1)!.resource).toBe(arnOf("echo"))
    w.cloud.denied.clear()
  })
})

test("asynchronous events are tried three times and then go to the failure destination", async () => {
  const queue = "arn:aws:sqs:us-east-1:111122223333:failed"
  w.cloud.add(resource("AWS::SQS::Queue", "Failed", {}, { ref: "http://queue/failed", arn: queue }))
  await w.provision(
    resource("AWS::Lambda::EventInvokeConfig", "Config", {
      FunctionName: "broken",
      Qualifier: "$LATEST",
      DestinationConfig: { OnFailure: { Destination: queue } },
    }),
  )
  const requestId = w.lambda.invokeAsync("broken", { how: "throw" })
  const attempts = () => w.cloud.lines.filter(({ line }) => line.startsWith(`REPORT RequestId: ${requestId}`)).length
  const sent = () =>
    w.cloud.recorded.find(({ operation, body }) => operation === "SendMessage" && body.QueueUrl === "http://queue/failed")
  await eventually(() => attempts() === 1)
  await new Promise(setImmediate)
  w.cloud.advance(60_000)
  await eventually(() => attempts() === 2)
  await new Promise(setImmediate)
  expect(sent()).toBeUndefined()
  w.cloud.advance(120_000)
  const { body, as } = await eventually(sent)
  expect(as).toBe("broken")
  expect(JSON.parse(body.MessageBody)).toMatchObject({
    requestContext: {
      requestId,
      condition: "RetriesExhausted",
      approximateInvokeCount: 3,
      functionArn: `${arnOf("broken")}:$LATEST`,
    },
    requestPayload: { how: "throw" },
    responsePayload: { errorType: "TypeError" },
  })
})

import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { Outbox, type Promised } from "../delivery/outbox.ts"
import { AwsError, type Cloud, type Resource } from "../service.ts"
import { sendTo } from "./destination.ts"
import { readFunctionRef } from "./function.ts"
import type { Origin } from "../delivery/lineage.ts"
import type { Registry } from "./registry.ts"
import type { Ran, Runner } from "./runner.ts"
import { backOffMs, until } from "./wait.ts"

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_EVENT_BYTES = 1_048_576
/** One minute before the first repetition, two before the second: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const PAUSES_MS = [60_000, 120_000]
const DEFAULTS = { retries: 2, maxAgeMs: 6 * 3_600_000 }

interface Accepted {
  reference: string
  /** JSON text. */
  event: string
  origin?: Origin
}

interface Policy {
  retries: number
  maxAgeMs: number
  onFailure?: string
  onSuccess?: string
}

/** Events that nobody waits for: repeated on failure, then sent to the failure destination. An accepted event outlives the process where there is a data folder. */
export class AsyncInvocations {
  private readonly configs = new Map<string, Resource>()
  private readonly outbox: Outbox<Accepted>

  constructor(
    private readonly registry: Registry,
    private readonly runner: Runner,
    private readonly cloud: () => Cloud,
  ) {
    this.outbox = new Outbox<Accepted>({
      now: () => cloud().now(),
      run: (promised, signal) => this.deliver(promised, signal),
      lost: ({ id, work }, error) =>
        cloud().log("lambda", `${work.reference}: the asynchronous event ${id} was lost: ${String(error)}`),
    })
  }

  open(folder: string | undefined): void {
    this.outbox.open(folder === undefined ? undefined : join(folder, "lambda", "events.jsonl"))
  }

  /** Takes up the events of an earlier run. */
  resume(): void {
    this.outbox.resume()
  }

  /** Takes an AWS::Lambda::EventInvokeConfig. */
  configure(config: Resource): void {
    const { name } = readFunctionRef(String(config.properties.FunctionName))
    this.configs.set(`${name}:${String(config.properties.Qualifier ?? "$LATEST")}`, config)
  }

  forget(config: Resource): void {
    const { name } = readFunctionRef(String(config.properties.FunctionName))
    this.configs.delete(`${name}:${String(config.properties.Qualifier ?? "$LATEST")}`)
  }

  /** Accepts an event (JSON text) and returns its request id; it runs afterwards. */
  accept(reference: string, event: string, origin?: Origin): string {
    this.registry.resolve(reference)
    if (Buffer.byteLength(event) > MAX_EVENT_BYTES)
      throw new AwsError(
        "RequestTooLargeException",
        `Request must be smaller than ${MAX_EVENT_BYTES} bytes for the InvokeFunction operation`,
        413,
        { Type: "User" },
      )
    return this.outbox.add({ reference, event, origin }, randomUUID())
  }

  state(): number {
    return this.outbox.waiting
  }

  stop(): void {
    this.outbox.stop()
  }

  private policy(reference: string): Policy {
    const { name, qualifier = "$LATEST" } = readFunctionRef(reference)
    const p = this.configs.get(`${name}:${qualifier}`)?.properties
    return {
      retries: Number(p?.MaximumRetryAttempts ?? DEFAULTS.retries),
      maxAgeMs: p?.MaximumEventAgeInSeconds === undefined ? DEFAULTS.maxAgeMs : Number(p.MaximumEventAgeInSeconds) * 1000,
      onFailure: p?.DestinationConfig?.OnFailure?.Destination,
      onSuccess: p?.DestinationConfig?.OnSuccess?.Destination,
    }
  }

  private async deliver({ id, at, work }: Promised<Accepted>, signal: AbortSignal): Promise<void> {
    const policy = this.policy(work.reference)
    const cloud = this.cloud()
    for (let invoked = 0, throttles = 0; ;) {
      const ran = await this.attempt(work, id)
      if (signal.aborted) return
      if (ran && !ran.error) return this.finish(policy.onSuccess, work, ran, "Success", invoked + 1)
      // A loop is stopped at once: another attempt would be its next turn.
      const isLoop = ran?.error?.errorType === "RecursiveInvocationException"
      if (isLoop || (ran && ++invoked > policy.retries)) return this.fail(policy, work, ran!, "RetriesExhausted", invoked)
      const pause = ran ? PAUSES_MS[invoked - 1]! : backOffMs(throttles++)
      if (cloud.now() + pause - at > policy.maxAgeMs)
        return this.fail(policy, work, ran ?? { requestId: id, version: "$LATEST" }, "EventAgeExceeded", invoked)
      await until(cloud, cloud.now() + pause, signal)
      if (signal.aborted) return
    }
  }

  /** Undefined where Lambda was too busy, which does not count as an attempt. */
  private async attempt({ reference, event, origin }: Accepted, requestId: string): Promise<Ran | undefined> {
    try {
      return await this.runner.run(reference, event, requestId, origin)
    } catch (thrown) {
      if (!(thrown instanceof AwsError)) throw thrown
      if (thrown.status === 429) return undefined
      if (thrown.code !== "RecursiveInvocationException") throw thrown
      const error = { errorType: thrown.code, errorMessage: thrown.message, trace: [] }
      return { requestId, version: this.registry.resolve(reference).version, error }
    }
  }

  private async fail(policy: Policy, work: Accepted, ran: Ran, condition: string, invoked: number): Promise<void> {
    const { spec } = this.registry.resolve(work.reference)
    this.cloud().log("lambda", `${spec.name}: the asynchronous event ${ran.requestId} failed for good (${condition})`)
    if (spec.deadLetter) {
      const text = (value: string) => ({ DataType: "String", StringValue: value })
      const ErrorMessage = text((ran.error?.errorMessage ?? condition).slice(0, 1_024))
      await sendTo(this.cloud(), spec.deadLetter, work.event, spec.name, {
        RequestID: text(ran.requestId),
        ErrorCode: text("200"),
        ErrorMessage,
      })
    }
    await this.finish(policy.onFailure, work, ran, condition, invoked)
  }

  /** The record of https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
  private async finish(
    destination: string | undefined,
    { reference, event }: Accepted,
    ran: Ran,
    condition: string,
    invoked: number,
  ): Promise<void> {
    if (!destination) return
    const { spec } = this.registry.resolve(reference)
    const record = {
      version: "1.0",
      timestamp: new Date(this.cloud().now()).toISOString(),
      requestContext: {
        requestId: ran.requestId,
        functionArn: `${spec.arn}:${ran.version}`,
        condition,
        approximateInvokeCount: invoked,
      },
      requestPayload: JSON.parse(event),
      responseContext: { statusCode: 200, executedVersion: ran.version, functionError: ran.error ? "Unhandled" : undefined },
      responsePayload: ran.error ?? (ran.payload === undefined ? null : JSON.parse(ran.payload)),
    }
    await sendTo(this.cloud(), destination, JSON.stringify(record), spec.name)
  }
}

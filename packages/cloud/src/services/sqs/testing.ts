import { onTestFinished } from "vitest"
import { type FakeCloud, fakeCloud } from "../../lambda/testing/fake-cloud.ts"
import { Queues, sqs } from "./index.ts"

export interface Answer {
  status: number
  /** Of an error, its name. */
  __type?: string
  message?: string
  [member: string]: any
}

export interface QueueCloud {
  cloud: FakeCloud
  queues: Queues
  /** Makes a call as the administrator. */
  send(operation: string, input?: Record<string, unknown>): Promise<Answer>
  /** Makes a call that the cloud's clock may let end later. */
  later(operation: string, input: Record<string, unknown>): { done: boolean; answer: Promise<Answer> }
  url(name: string): string
  arn(name: string): string
  /** Receives from a queue, all attributes told. */
  receive(name: string, input?: Record<string, unknown>): Promise<any[]>
  bodies(name: string, input?: Record<string, unknown>): Promise<string[]>
}

/** Queues with these attributes in a cloud whose clock stands still unless it is moved. */
export async function queueCloud(
  given: Record<string, Record<string, string>> = {},
  { data, now }: { data?: string; now?: number } = {},
): Promise<QueueCloud> {
  const cloud = fakeCloud({ now })
  cloud.data = data
  const queues = new Queues()
  await cloud.use(sqs(queues))
  onTestFinished(() => (queues.close(), cloud.clock.stop()))
  const arn = (name: string) => `arn:aws:sqs:us-east-1:${cloud.account}:${name}`
  const url = (name: string) => `${cloud.awsUrl}/${cloud.account}/${name}`
  async function send(operation: string, input: Record<string, unknown> = {}): Promise<Answer> {
    const { status, json } = await cloud.call({ service: "sqs", target: `AmazonSQS.${operation}`, body: input })
    return { status, ...json }
  }
  for (const [QueueName, Attributes] of Object.entries(given)) {
    const answer = queues.find(QueueName) ? { status: 200 } : await send("CreateQueue", { QueueName, Attributes })
    if (answer.status !== 200) throw new Error(`${QueueName}: ${JSON.stringify(answer)}`)
  }
  const receive = async (name: string, input: Record<string, unknown> = {}) =>
    (
      await send("ReceiveMessage", {
        QueueUrl: url(name),
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
        ...input,
      })
    ).Messages ?? []
  return {
    cloud,
    queues,
    send,
    later(operation, input) {
      const call = { done: false, answer: send(operation, input) }
      void call.answer.then(() => (call.done = true))
      return call
    },
    url,
    arn,
    receive,
    bodies: async (name, input) => (await receive(name, input)).map((message: { Body: string }) => message.Body),
  }
}

/** Lets what was resolved run. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

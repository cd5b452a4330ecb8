import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { createTestCloud } from "../endpoint/test-cloud.ts"
import type { ResourceType, Service } from "../service.ts"
import { sqs } from "../services/sqs/index.ts"

export const ACCOUNT = "123456789012"
export const topicNamed = (name: string): string => `arn:aws:sns:us-east-1:${ACCOUNT}:${name}`
export const queueNamed = (name: string): string => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`
export const functionNamed = (name: string): string => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`

const plain: ResourceType = {
  simulated: ["*"],
  identify: (resource, { region, account }) => {
    const ref = String(resource.property("FunctionName") ?? resource.physicalName())
    return { ref, arn: `arn:aws:lambda:${region}:${account}:function:${ref}`, attributes: {} }
  },
}

/** Functions that only take what is sent to them; `fails` says how often the next invocations answer 500. */
function fakeFunctions() {
  const taken: { function: string; event: any; trace?: string }[] = []
  const state = { fails: 0 }
  const service: Service = {
    names: ["lambda"],
    protocol: "rest-json",
    types: { "AWS::Lambda::Function": plain, "AWS::Lambda::Permission": plain },
    authorize(request) {
      const name = decodeURIComponent(request.url.pathname.split("/")[3]!)
      return { operation: "Invoke", access: [{ action: "lambda:InvokeFunction", resource: name }] }
    },
    async handle(request) {
      if (state.fails > 0) {
        state.fails--
        return { status: 500, headers: { "content-type": "application/json" }, body: '{"message":"Service exception"}' }
      }
      const name = decodeURIComponent(request.url.pathname.split("/")[3]!)
      taken.push({ function: name, event: request.json, trace: request.headers["x-amzn-trace-id"] })
      return { status: 202 }
    },
  }
  return { service, taken, state }
}

export const permission = (name: string, source: string, principal = "sns.amazonaws.com") => ({
  type: "AWS::Lambda::Permission",
  properties: { Action: "lambda:InvokeFunction", FunctionName: functionNamed(name), Principal: principal, SourceArn: source },
})

/** A queue, and a policy that lets a service send to it for `source`. */
export const queue = (name: string, source?: string, properties: object = {}, principal = "sns.amazonaws.com") => ({
  [name]: { type: "AWS::SQS::Queue", properties: { QueueName: name, ...properties } },
  ...(source !== undefined && {
    [`${name}Policy`]: {
      type: "AWS::SQS::QueuePolicy",
      properties: {
        Queues: [`http://127.0.0.1/${ACCOUNT}/${name}`],
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: principal },
              Action: "sqs:SendMessage",
              Resource: queueNamed(name),
              Condition: { ArnEquals: { "aws:SourceArn": source } },
            },
          ],
        },
      },
    },
  }),
})

type Options = Parameters<typeof createTestCloud>[0]

/** A cloud with the given services, SQS and functions that take events. */
export async function deliveryCloud(services: readonly Service[], resources: Options["resources"], more: Partial<Options> = {}) {
  const functions = fakeFunctions()
  const running = await createTestCloud({ services: [functions.service, sqs(), ...services], resources, ...more })
  const queues = new SQSClient(running.as())
  return {
    ...running,
    functions,
    queues,
    /** Takes messages of a queue until `count` are there, then what is there besides; gives up after three seconds. */
    async receive(name: string, count = 1) {
      const got: { body: any; attributes: Record<string, any>; system: Record<string, any> }[] = []
      for (const end = performance.now() + 3_000; ;) {
        const QueueUrl = `${running.awsUrl}/${ACCOUNT}/${name}`
        const { Messages = [] } = await queues.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            MessageAttributeNames: ["All"],
            MessageSystemAttributeNames: ["All"],
          }),
        )
        if (Messages.length === 0) {
          if (got.length >= count || performance.now() > end) return got
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
        for (const { Body = "", MessageAttributes = {}, Attributes = {}, ReceiptHandle } of Messages) {
          got.push({ body: parsed(Body), attributes: MessageAttributes, system: Attributes })
          await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
        }
      }
    },
  }
}

function parsed(text: string): any {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

import { randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { Cloud, Resource, ResourceType } from "../../service.ts"
import type { Runner } from "../runner.ts"

/** CloudFormation waits an hour unless told: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-customresource.html */
const DEFAULT_TIMEOUT_S = 3_600
/** A response holds at most 4,096 bytes. */
const MAX_RESPONSE_BYTES = 4_096

interface Answer {
  Status?: string
  Reason?: string
  PhysicalResourceId?: string
  Data?: Record<string, unknown>
}

/** Runs custom resources as CloudFormation does at the first deployment: one Create each, answered by a PUT to a one-time address. */
export class CustomResources {
  private server: Promise<Server> | undefined
  private readonly expected = new Map<string, (answer: Answer) => void>()

  constructor(private readonly runner: Runner) {}

  /** Resolves when the function reports SUCCESS; rejects with its Reason, its crash, or the time-out. */
  async create(resource: Resource, cloud: Cloud): Promise<void> {
    const { region, account } = cloud
    const { ServiceToken, ServiceTimeout, ...properties } = resource.properties
    const path = `/${randomUUID()}`
    const { port } = (await this.listening()).address() as AddressInfo
    const seconds = Math.min(Number(ServiceTimeout ?? DEFAULT_TIMEOUT_S), DEFAULT_TIMEOUT_S)
    const event = {
      RequestType: "Create",
      ResponseURL: `http://127.0.0.1:${port}${path}`,
      StackId: `arn:aws:cloudformation:${region}:${account}:stack/${resource.stack}/${randomUUID()}`,
      RequestId: randomUUID(),
      ResourceType: resource.type,
      LogicalResourceId: resource.logicalId,
      ResourceProperties: { ServiceToken, ...asStrings(properties) },
    }
    const name = `${resource.type} ${resource.logicalId} of ${resource.stack}`
    let timer: NodeJS.Timeout | undefined
    try {
      const answer = await new Promise<Answer>((resolve, reject) => {
        this.expected.set(path, resolve)
        timer = setTimeout(() => reject(new Error(`${name} did not answer its ResponseURL within ${seconds} s.`)), seconds * 1000)
        this.runner.run(String(ServiceToken), JSON.stringify(event)).then(({ error }) => {
          if (error) reject(new Error(`${name} failed: ${error.errorType}: ${error.errorMessage}`))
          else if (this.expected.has(path))
            cloud.log(
              "lambda",
              `${name}: the function returned without an answer to its ResponseURL, waiting for up to ${seconds} s`,
            )
        }, reject)
      })
      if (answer.Status !== "SUCCESS") throw new Error(`${name} failed: ${answer.Reason ?? "no Reason was given"}`)
      resource.identity.ref = String(answer.PhysicalResourceId ?? resource.identity.ref)
      for (const [key, value] of Object.entries(answer.Data ?? {})) resource.identity.attributes[key] = String(value)
    } finally {
      clearTimeout(timer)
      this.expected.delete(path)
    }
  }

  async stop(): Promise<void> {
    const server = await this.server
    server?.closeAllConnections()
    server?.close()
  }

  private listening(): Promise<Server> {
    return (this.server ??= new Promise((resolve, reject) => {
      const server = createServer((request, response) => void this.take(request, response))
      server.on("error", reject)
      server.listen(0, "127.0.0.1", () => resolve(server.unref()))
    }))
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = "" } = request
    const settle = request.method === "PUT" ? this.expected.get(url) : undefined
    let body = ""
    for await (const chunk of request) if (body.length <= MAX_RESPONSE_BYTES) body += String(chunk)
    const answer = answerOf(body)
    if (settle && answer) this.expected.delete(url)
    response.writeHead(settle ? (answer ? 200 : 400) : 403).end()
    if (answer) settle?.(answer)
  }
}

function answerOf(body: string): Answer | undefined {
  try {
    return body.length <= MAX_RESPONSE_BYTES ? (JSON.parse(body) as Answer) : undefined
  } catch {
    return undefined
  }
}

/** CloudFormation turns scalar properties into text. */
function asStrings(value: unknown): any {
  if (Array.isArray(value)) return value.map(asStrings)
  if (typeof value !== "object" || value === null) return String(value)
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asStrings(each)]))
}

/** Any property is simulated: it goes to the function. Attributes are known only after it answered. */
export function customResourceTypes(custom: CustomResources): Record<string, ResourceType> {
  const type: ResourceType = {
    simulated: ["*"],
    identify: (resource) => ({ ref: resource.physicalName(), attributes: {} }),
    provision: (resource, cloud) => custom.create(resource, cloud),
  }
  return { "AWS::CloudFormation::CustomResource": type, "Custom::*": type }
}

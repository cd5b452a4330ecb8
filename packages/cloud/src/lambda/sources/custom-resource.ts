import { randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { isDeepStrictEqual } from "node:util"
import { isLoopbackHost } from "../../endpoint/origin.ts"
import { Journal } from "../../journal.ts"
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

/** What a custom resource was made with and what its function said of it. */
interface Made {
  id: string
  /** Undefined once it is deleted. */
  properties?: Record<string, unknown>
  ref?: string
  attributes?: Record<string, string>
}

/**
 * Runs custom resources as CloudFormation does: Create at the first deployment, Update where properties changed, nothing where they
 * did not, Delete at the end; each answered by a PUT to a one-time address. With a data folder the next start is the next deployment.
 */
export class CustomResources {
  private server: Promise<Server> | undefined
  private readonly expected = new Map<string, (answer: Answer) => void>()
  private readonly made = new Map<string, Made>()
  private journal: Journal<Made> | undefined

  constructor(private readonly runner: Runner) {}

  /** Resolves when the function reports SUCCESS, or has nothing to do; rejects with its Reason, its crash, or the time-out. */
  async create(resource: Resource, cloud: Cloud): Promise<void> {
    this.open(cloud)
    const past = this.made.get(idOf(resource))
    if (!past) return this.send("Create", resource, cloud)
    resource.identity.ref = past.ref!
    Object.assign(resource.identity.attributes, past.attributes)
    if (!isDeepStrictEqual(past.properties, resource.properties)) await this.update(resource, past.properties!, cloud)
  }

  /** A new physical id means that the function made another thing, so the old one is deleted, as CloudFormation does. */
  async update(resource: Resource, old: Record<string, unknown>, cloud: Cloud): Promise<void> {
    const { ref } = resource.identity
    await this.send("Update", resource, cloud, { OldResourceProperties: asStrings(withoutToken(old)) })
    if (resource.identity.ref !== ref)
      await this.send("Delete", { ...resource, properties: old, identity: { ...resource.identity, ref } }, cloud)
  }

  async remove(resource: Resource, cloud: Cloud): Promise<void> {
    await this.send("Delete", resource, cloud)
    this.remember({ id: idOf(resource) })
  }

  private async send(RequestType: "Create" | "Update" | "Delete", resource: Resource, cloud: Cloud, more = {}): Promise<void> {
    const { region, account } = cloud
    const { ServiceToken, ServiceTimeout } = resource.properties
    const path = `/${randomUUID()}`
    const { port } = (await this.listening()).address() as AddressInfo
    const seconds = Math.min(Number(ServiceTimeout ?? DEFAULT_TIMEOUT_S), DEFAULT_TIMEOUT_S)
    const event = {
      RequestType,
      ResponseURL: `http://127.0.0.1:${port}${path}`,
      StackId: `arn:aws:cloudformation:${region}:${account}:stack/${resource.stack}/${randomUUID()}`,
      RequestId: randomUUID(),
      ResourceType: resource.type,
      LogicalResourceId: resource.logicalId,
      ...(RequestType !== "Create" && { PhysicalResourceId: resource.identity.ref }),
      ResourceProperties: { ServiceToken, ...asStrings(withoutToken(resource.properties)) },
      ...more,
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
      if (RequestType === "Delete") return
      resource.identity.ref = String(answer.PhysicalResourceId ?? resource.identity.ref)
      for (const [key, value] of Object.entries(answer.Data ?? {})) resource.identity.attributes[key] = String(value)
      const { ref, attributes } = resource.identity
      this.remember({ id: idOf(resource), properties: resource.properties, ref, attributes })
    } finally {
      clearTimeout(timer)
      this.expected.delete(path)
    }
  }

  private open({ data }: Cloud): void {
    if (data === undefined || this.journal) return
    const file = join(data, "cloudformation", "custom-resources.jsonl")
    this.journal = new Journal<Made>(file, (entry) => this.keep(entry))
    this.journal.rewrite(this.made.values())
  }

  private keep(entry: Made): void {
    if (entry.properties) this.made.set(entry.id, entry)
    else this.made.delete(entry.id)
  }

  private remember(entry: Made): void {
    this.journal?.append(entry)
    this.keep(entry)
  }

  async stop(): Promise<void> {
    this.journal?.close()
    this.journal = undefined
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
    const mayAnswer = request.method === "PUT" && isLoopbackHost(request.headers.host)
    const settle = mayAnswer ? this.expected.get(url) : undefined
    let body = ""
    for await (const chunk of request) if (body.length <= MAX_RESPONSE_BYTES) body += String(chunk)
    const answer = answerOf(body)
    if (settle && answer) this.expected.delete(url)
    response.writeHead(settle ? (answer ? 200 : 400) : 403).end()
    if (answer) settle?.(answer)
  }
}

const idOf = ({ stack, logicalId }: Resource): string => `${stack}/${logicalId}`

const withoutToken = (properties: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => name !== "ServiceToken" && name !== "ServiceTimeout"))

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
    update: (resource, previous, cloud) => custom.update(resource, previous.properties, cloud),
    remove: (resource, cloud) => custom.remove(resource, cloud),
  }
  return { "AWS::CloudFormation::CustomResource": type, "Custom::*": type }
}

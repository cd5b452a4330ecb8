import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { RedshiftDataClient } from "@aws-sdk/client-redshift-data"
import { CallLog } from "../../calls.ts"
import { Clock } from "../../clock.ts"
import { AwsError, type AwsRequest, type Caller, type Cloud, type Resource, type Service, type Unnamed } from "../../service.ts"
import { redshiftData, type RedshiftDataOptions } from "./index.ts"

/** A cloud with one namespace, one workgroup and objects in memory; its clock can be moved. */
export function fakeCloud() {
  const objects = new Map<string, Buffer>()
  const resources: Resource[] = []
  const clock = new Clock()
  const cloud: Cloud = {
    account: "000000000000",
    region: "eu-west-1",
    stage: "test",
    awsUrl: "http://127.0.0.1:0",
    now: clock.now,
    clock,
    calls: new CallLog(),
    lambda: {
      invoke: () => Promise.reject(new Error("no functions")),
      credentials: () => ({ accessKeyId: "", secretAccessKey: "" }),
    },
    resources: (type) => resources.filter((resource) => !type || resource.type === type),
    find: (type, ref) =>
      resources.find((resource) => resource.type === type && (resource.identity.ref === ref || resource.identity.arn === ref)),
    call: async ({ path }) => {
      const url = new URL(path!, "http://s3")
      const body = objects.get(decodeURIComponent(url.pathname))
      if (url.searchParams.get("list-type")) {
        const prefix = `${url.pathname}/${url.searchParams.get("prefix")}`
        const keys = [...objects.keys()]
          .filter((key) => key.startsWith(prefix))
          .map((key) => `<Contents><Key>${key.slice(url.pathname.length + 1)}</Key></Contents>`)
        return {
          status: 200,
          headers: {},
          body: Buffer.from(`<ListBucketResult>${keys.join("")}</ListBucketResult>`),
          json: undefined,
        }
      }
      return body
        ? { status: 200, headers: {}, body, json: undefined }
        : { status: 404, headers: {}, body: Buffer.from("<Error><Code>NoSuchKey</Code></Error>"), json: undefined }
    },
    log: () => undefined,
  }
  return { cloud, objects, resources, clock }
}

const PROPERTIES = {
  "AWS::RedshiftServerless::Namespace": {
    NamespaceName: "backline",
    DbName: "backline",
    DefaultIamRoleArn: "arn:aws:iam::000000000000:role/copy",
  },
  "AWS::RedshiftServerless::Workgroup": { WorkgroupName: "backline", NamespaceName: "backline" },
} as const

/** A function's role as its template declares it, with the database roles of its tag. */
export function roleOf(name: string, databaseRoles?: string): Resource {
  const arn = `arn:aws:iam::000000000000:role/${name}`
  return {
    logicalId: name,
    stack: "test",
    type: "AWS::IAM::Role",
    properties: databaseRoles ? { Tags: [{ Key: "RedshiftDbRoles", Value: databaseRoles }] } : {},
    identity: { ref: name, arn, attributes: {} },
  }
}

/** The service behind HTTP, and the real client in front of it; `actAs` says who calls from then on. */
export async function startWarehouse(options: RedshiftDataOptions = {}, caller: Caller = { kind: "admin" }) {
  const world = fakeCloud()
  const service = redshiftData(options)
  for (const [type, properties] of Object.entries(PROPERTIES)) {
    const unnamed: Unnamed = {
      logicalId: type,
      stack: "test",
      type,
      property: (name) => (properties as Record<string, string>)[name],
      physicalName: () => "physical",
      hash: (length) => "h".repeat(length),
    }
    const resource: Resource = {
      logicalId: type,
      stack: "test",
      type,
      properties,
      identity: service.types[type]!.identify(unnamed, world.cloud),
    }
    world.resources.push(resource)
    await service.types[type]!.provision?.(resource, world.cloud)
  }
  let calls = caller
  const actAs = (role: Resource | "admin") => {
    calls = role === "admin" ? { kind: "admin" } : { kind: "function", functionName: role.logicalId, roleArn: role.identity.arn }
  }
  const server = createServer((incoming, outgoing) => void answer(service, world.cloud, calls, incoming, outgoing))
  // The client reuses a connection that it left idle for a while; with one attempt it must not find it closed.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const client = new RedshiftDataClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIATEST", secretAccessKey: "secret" },
    maxAttempts: 1,
    requestHandler: { httpAgent: { maxSockets: 1_000 } },
  })
  const stop = async () => {
    client.destroy()
    server.closeAllConnections()
    server.close()
    await service.stop?.()
  }
  return { ...world, service, client, actAs, stop }
}

async function answer(
  service: Service,
  cloud: Cloud,
  caller: Caller,
  incoming: import("node:http").IncomingMessage,
  outgoing: import("node:http").ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const gone = new AbortController()
  outgoing.on("close", () => gone.abort())
  const request: AwsRequest = {
    service: "redshift-data",
    method: "POST",
    url: new URL(incoming.url!, "http://127.0.0.1"),
    headers: incoming.headers as Record<string, string>,
    body,
    json: JSON.parse(body.toString()),
    caller,
    requestId: "test",
    signal: gone.signal,
  }
  try {
    const { operation } = service.authorize(request, cloud)
    const response = await service.handle(request, operation, cloud)
    outgoing.writeHead(response.status, response.headers).end(response.body as string)
  } catch (error) {
    const known = error instanceof AwsError ? error : new AwsError("InternalServerException", String(error), 500)
    outgoing
      .writeHead(known.status, { "content-type": "application/x-amz-json-1.1" })
      .end(JSON.stringify({ __type: known.code, message: known.message, Message: known.message, ...known.members }))
  }
}

import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { assemble } from "../../packages/cloud/src/assembly/index.ts"
import { readTemplates } from "../../packages/cloud/src/assembly/template.ts"
import { CallLog } from "../../packages/cloud/src/calls.ts"
import { Clock } from "../../packages/cloud/src/clock.ts"
import { createEndpoint } from "../../packages/cloud/src/endpoint/index.ts"
import { executeApi, Sockets, startHttpApis, startWebSocketApis } from "../../packages/cloud/src/gateway/index.ts"
import { compileRoles } from "../../packages/cloud/src/iam/index.ts"
import { logFile } from "../../packages/cloud/src/log-file.ts"
import { createLambda } from "../../packages/cloud/src/lambda/runtime.ts"
import type { Cloud, Place } from "../../packages/cloud/src/service.ts"
import { iam } from "../../packages/cloud/src/services/iam.ts"
import { Streams } from "../../packages/cloud/src/services/kinesis/index.ts"
import { logs } from "../../packages/cloud/src/services/logs/index.ts"

/*
 * The local cloud's own assembly, IAM, endpoint, Lambda runtime, logs and gateways, on the template beside this file instead of the
 * stacks: three functions that do next to nothing, so that what is measured is the cloud. Arguments: HTTP port, WebSocket port, folder.
 */
const [httpPort, wsPort, scratch] = process.argv.slice(2) as [string, string, string]
const place: Place = { account: "000000000000", region: "us-east-1", stage: "bench" }
const templates = await readTemplates(join(import.meta.dirname, "echo"))

const streams = new Streams()
const sockets = new Sockets()
const lambda = createLambda({
  root: process.cwd(),
  handlers: JSON.parse(await readFile(join(import.meta.dirname, "echo/handlers.json"), "utf8")) as Record<string, string>,
  streams,
  bundles: join(scratch, "bundles"),
})
const services = [iam(), logs(), lambda.service, executeApi(sockets)]
const typeOf = (type: string) => services.find((service) => service.types[type])?.types[type]

const ports: Record<string, number> = {}
const calls = new CallLog()
const roles = new Map<string, any>()
const endpoint = createEndpoint({ services, roles, credentials: { get: lambda.callerOf }, calls, place })
const awsUrl = await endpoint.listen(0)
const { resources } = assemble(templates, place, typeOf, ({ apis }) => {
  for (const { id, protocol } of apis) ports[id] = Number(protocol === "HTTP" ? httpPort : wsPort)
  const url = (id: string, protocol: string) => `${protocol === "HTTP" ? "http" : "ws"}://127.0.0.1:${ports[id]}`
  return {
    aws: awsUrl,
    apis: new Map(apis.map(({ id, protocol }) => [id, { protocol, url: url(id, protocol) }])),
    sites: new Map(),
  }
})
for (const [arn, evaluator] of compileRoles(resources)) roles.set(arn, evaluator)

/** As under `npm start`: every line goes to a file. */
const { log } = logFile(join(scratch, "local.log"))
const clock = new Clock()
const cloud: Cloud = {
  ...place,
  awsUrl,
  now: clock.now,
  clock,
  calls,
  lambda,
  resources: (type) => (type ? resources.filter((each) => each.type === type) : resources),
  find: (type, ref) => resources.find((each) => each.type === type && (each.identity.ref === ref || each.identity.arn === ref)),
  call: endpoint.call,
  log,
}
endpoint.attach(cloud)
await Promise.all([lambda.ready, ...services.map((service) => service.start?.(cloud))])
for (const resource of resources) await typeOf(resource.type)?.provision?.(resource, cloud)
await startHttpApis(cloud, ports)
await startWebSocketApis(cloud, ports, sockets)
process.on("SIGTERM", () => process.exit(0))

import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assemble, type TypeTable } from "./assembly/index.ts"
import { synthesize } from "./assembly/synth.ts"
import { readTemplates } from "./assembly/template.ts"
import { CallLog } from "./calls.ts"
import { Clock } from "./clock.ts"
import { control } from "./control/index.ts"
import { type DemoUser, demoUsers, signIn } from "./demo.ts"
import { createEndpoint } from "./endpoint/index.ts"
import { engines } from "./engines.ts"
import { Sockets, startDistributions, startHttpApis, startWebSocketApis } from "./gateway/index.ts"
import { checkTrust, compileResourcePolicies, compileRoles, recordGrants } from "./iam/index.ts"
import { createLambda } from "./lambda/runtime.ts"
import { choosePorts } from "./ports.ts"
import type { Cloud, Place, Resource, Service } from "./service.ts"
import { Streams } from "./services/kinesis/index.ts"

export interface CloudOptions {
  /** The checkout whose stacks run. */
  root: string
  /** Port of the console; the others are the next free ones. 0 means any. */
  port: number
  explicitPort: boolean
  stage?: string
  /** What happens right now, for a person who waits. */
  say(words: string): void
  log(source: string, line: string): void
}

export interface Addresses {
  console: string
  http: string
  ws: string
  aws: string
  issuer: string
  clientId: string
}

export interface LocalCloud {
  cloud: Cloud
  addresses: Addresses
  users: DemoUser[]
  /** A valid access token of the first demo person, renewed before it ends. */
  token(): Promise<string>
  /** Aborted when the cloud stops. */
  signal: AbortSignal
  bootMs: number
  /** Crashes all workers of the one function whose name contains `part`; returns how many there were. Throws when `part` means none or several. */
  kill(part: string): number
  /** Ends workers, engines, sockets and child processes. Safe to call twice. */
  stop(): Promise<void>
}

const PLACE: Omit<Place, "stage"> = { account: "000000000000", region: "us-east-1" }

/** A type's plugin among the engines; custom resources that name a function share one. */
const typeTable =
  (services: readonly Service[]): TypeTable =>
  (type) =>
    services.find((service) => service.types[type])?.types[type] ??
    (type.startsWith("Custom::")
      ? services.find((service) => service.types["AWS::CloudFormation::CustomResource"])?.types[
          "AWS::CloudFormation::CustomResource"
        ]
      : undefined)

/** Boots everything the templates declare. Throws one readable error, and leaves nothing running, when something cannot be. */
export async function startCloud(options: CloudOptions): Promise<LocalCloud> {
  const started = performance.now()
  const stoppers: (() => Promise<void> | void)[] = []
  const ended = new AbortController()
  let stopping: Promise<void> | undefined
  const stop = () =>
    (stopping ??= (async () => {
      ended.abort()
      for (const each of stoppers.toReversed()) await each()
    })())
  try {
    return await boot(options, started, stoppers, ended.signal, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function boot(
  { root, port, explicitPort, stage = "local", say, log }: CloudOptions,
  started: number,
  stoppers: (() => Promise<void> | void)[],
  signal: AbortSignal,
  stop: () => Promise<void>,
): Promise<LocalCloud> {
  const place = { ...PLACE, stage }
  say("Synthesizing the stacks")
  const { folder } = await synthesize(root, place)
  const templates = await readTemplates(folder)

  say("Starting the local cloud")
  const clock = new Clock()
  stoppers.push(() => clock.stop())
  const calls = new CallLog()
  let endGrants: (() => void) | undefined
  stoppers.push(() => endGrants?.())
  const streams = new Streams()
  const sockets = new Sockets()
  const lambda = createLambda({ root, handlers: templates.handlers, streams })
  const services: Service[] = engines({ assembly: folder, streams, sockets, lambda })
  stoppers.push(...services.map((service) => () => service.stop?.()))

  const [consolePort, httpPort, wsPort, awsPort] = (await choosePorts({ port, explicit: explicitPort }, 4)) as [
    number,
    number,
    number,
    number,
  ]
  const ports: Record<string, number> = {}
  const origins: string[] = []
  const assembly = assemble(templates, place, typeTable(services), ({ apis, sites }) => {
    const url = (each: number) => `http://127.0.0.1:${each}`
    origins.push(url(consolePort))
    const of = (protocol: string) => (protocol === "HTTP" ? httpPort : wsPort)
    for (const { id, protocol } of apis) ports[id] = of(protocol)
    return {
      aws: url(awsPort),
      apis: new Map(
        apis.map(({ id, protocol }) => [id, { protocol, url: protocol === "HTTP" ? url(httpPort) : `ws://127.0.0.1:${wsPort}` }]),
      ),
      sites: new Map(sites.map((domain) => [domain, url(consolePort)])),
    }
  })
  checkTrust(assembly.resources)
  const roles = compileRoles(assembly.resources)
  const resourcePolicies = compileResourcePolicies(assembly.resources)
  if (process.env.BACKLINE_GRANTS) endGrants = recordGrants(process.env.BACKLINE_GRANTS, assembly.resources, calls)

  const gateways: { name: string; state(): unknown }[] = []
  const endpoint = createEndpoint({
    services,
    roles,
    resourcePolicies,
    credentials: { get: lambda.callerOf },
    calls,
    place,
    origins: () => origins,
    control: control({
      cloud: () => cloud,
      assembly,
      calls,
      services,
      state: () => Object.fromEntries(gateways.map(({ name, state }) => [name, state()])),
    }),
  })
  stoppers.push(() => endpoint.close())
  const awsUrl = await endpoint.listen(awsPort)

  const cloud: Cloud = {
    ...place,
    awsUrl,
    now: clock.now,
    clock,
    calls,
    lambda,
    resources: (type) => (type ? assembly.resources.filter((each) => each.type === type) : assembly.resources),
    find: (type, ref) =>
      assembly.resources.find((each) => each.type === type && (each.identity.ref === ref || each.identity.arn === ref)),
    call: endpoint.call,
    log,
  }
  endpoint.attach(cloud)
  await Promise.all([lambda.ready, ...services.map((service) => service.start?.(cloud))])

  say("Provisioning what the templates declare")
  await provision(assembly.resources, typeTable(services), cloud)

  const http = await startHttpApis(cloud, ports)
  const ws = await startWebSocketApis(cloud, ports, sockets)
  const one = (type: string): Resource => {
    const found = cloud.resources(type)[0]
    if (!found) throw new Error(`The templates declare no ${type}.`)
    return found
  }
  const site = one("AWS::CloudFront::Distribution")
  const sites = await startDistributions(cloud, { [site.identity.ref]: consolePort })
  for (const [name, gateway] of Object.entries({ http, ws, console: sites })) {
    gateways.push({ name, state: () => gateway.state() })
    stoppers.push(() => gateway.stop())
  }
  await lambda.startSources()

  const pool = one("AWS::Cognito::UserPool").identity.ref
  const client = one("AWS::Cognito::UserPoolClient").identity.ref
  const users = await demoUsers(cloud, { poolId: pool, clientId: client })
  const addresses: Addresses = {
    console: sites.urls[site.identity.ref]!,
    http: Object.values(http.urls)[0]!,
    ws: `${Object.values(ws.urls)[0]!}/${cloud.resources("AWS::ApiGatewayV2::Stage").find((each) => ws.urls[each.properties.ApiId])!.properties.StageName}`,
    aws: awsUrl,
    issuer: `${awsUrl}/${pool}`,
    clientId: client,
  }
  await leaveAddress(root, { ...addresses, users }, stoppers)
  const kill = (part: string) => lambda.kill(functionNamed(cloud, part))
  return {
    cloud,
    addresses,
    users,
    token: renewing(cloud, client, users),
    signal,
    bootMs: performance.now() - started,
    kill,
    stop,
  }
}

function functionNamed(cloud: Cloud, part: string): string {
  const names = cloud.resources("AWS::Lambda::Function").map(({ identity }) => identity.ref)
  const [name, ...others] = names.filter((each) => each.includes(part))
  if (!name || others.length > 0)
    throw new Error(`${part} names ${name ? "several functions" : "no function"}: use a part of one of ${names.join(", ")}.`)
  return name
}

/** Creates resources in template order. A failure names the resource. */
async function provision(resources: readonly Resource[], types: TypeTable, cloud: Cloud): Promise<void> {
  for (const resource of resources) {
    try {
      await types(resource.type)?.provision?.(resource, cloud)
    } catch (error) {
      throw new Error(
        `${resource.type} ${resource.stack}/${resource.logicalId}: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      )
    }
  }
}

/** `.backline/run.json` tells the importer and the simulator where this cloud is; it goes when the cloud goes. */
async function leaveAddress(root: string, running: unknown, stoppers: (() => Promise<void> | void)[]): Promise<void> {
  const file = join(root, ".backline", "run.json")
  await mkdir(join(root, ".backline"), { recursive: true })
  await writeFile(file, JSON.stringify({ pid: process.pid, ...(running as object) }, null, 2), { mode: 0o600 })
  stoppers.push(async () => {
    const { pid } = JSON.parse(await readFile(file, "utf8").catch(() => "{}")) as { pid?: number }
    if (pid === process.pid) await rm(file, { force: true })
  })
}

const HALF_AN_HOUR = 30 * 60_000

function renewing(cloud: Cloud, clientId: string, users: DemoUser[]): () => Promise<string> {
  const [user] = users
  if (!user) throw new Error(`Stage ${cloud.stage} has no demo people, so nothing can act as one.`)
  let token = user.accessToken
  let at = cloud.now()
  return async () => {
    if (cloud.now() - at > HALF_AN_HOUR) {
      token = await signIn(cloud, clientId, user.email, user.password)
      at = cloud.now()
    }
    return token
  }
}

import { type Assembly, assemble } from "./assembly/index.ts"
import { synthesize } from "./assembly/synth.ts"
import { readTemplates, type Templates } from "./assembly/template.ts"
import { CallLog } from "./calls.ts"
import { Clock } from "./clock.ts"
import { control } from "./control/index.ts"
import { recordGrants } from "./covered/grants.ts"
import { type DemoUser, demoUsers, renewing } from "./demo.ts"
import { openDataFolder } from "./data-folder.ts"
import { createEndpoint } from "./endpoint/index.ts"
import { engines } from "./engines.ts"
import { Faults } from "./faults/index.ts"
import { Sockets, startDistributions, startHttpApis, startWebSocketApis } from "./gateway/index.ts"
import { checkTrust, compileResourcePolicies, compileRoles } from "./iam/index.ts"
import { Lines } from "./lambda/lines.ts"
import { createLambda } from "./lambda/runtime.ts"
import { choosePorts } from "./ports.ts"
import { provision, typeTable } from "./provision.ts"
import { Reload, Stacks } from "./reload/index.ts"
import { leaveAddress } from "./run-file.ts"
import { freshSecrets } from "./secrets.ts"
import type { Cloud, Place, Resource, Service } from "./service.ts"
import { Streams } from "./services/kinesis/index.ts"

export interface CloudOptions {
  /** The checkout whose stacks run. */
  root: string
  /** Port of the console; the others are the next free ones. 0 means any. */
  port: number
  explicitPort: boolean
  stage?: string
  /** Folder in which everything is kept between runs; without it each start is a fresh one. */
  data?: string
  /** Run what is saved: handlers and stacks are watched. */
  watch?: boolean
  /** Leave the handlers readable for a debugger. */
  debug?: boolean
  /** What happens right now, for a person who waits. */
  say(words: string): void
  log(source: string, line: string): void
  /** What happened while it runs: a reload, or why there was none. */
  tell?(text: string): void
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
  /** What functions write, as it comes. */
  lines: Lines
  bootMs: number
  /** Crashes all workers of the one function whose name contains `part`; returns how many there were. Throws when `part` means none or several. */
  kill(part: string): number
  /** Ends workers, engines, sockets and child processes. Safe to call twice. */
  stop(): Promise<void>
}

const PLACE: Omit<Place, "stage"> = { account: "000000000000", region: "us-east-1" }

/** Boots everything the templates declare. Throws one readable error, and leaves nothing running, when something cannot be. */
export async function startCloud(options: CloudOptions): Promise<LocalCloud> {
  const started = performance.now()
  const stoppers: (() => Promise<void> | void)[] = []
  const ended = new AbortController()
  let stopping: Promise<void> | undefined
  const stop = () =>
    (stopping ??= (async () => {
      ended.abort()
      // Engines are waited for that keep no process alive by themselves.
      const alive = setInterval(() => {}, 60_000)
      for (const each of stoppers.toReversed()) await each()
      clearInterval(alive)
    })())
  try {
    return await boot(options, started, stoppers, ended.signal, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function boot(
  { root, port, explicitPort, stage = "local", data, watch, debug, say, log, tell = () => {} }: CloudOptions,
  started: number,
  stoppers: (() => Promise<void> | void)[],
  signal: AbortSignal,
  stop: () => Promise<void>,
): Promise<LocalCloud> {
  const kept = data === undefined ? undefined : openDataFolder(data)
  if (kept) stoppers.push(kept.release)
  const place: Place = { ...PLACE, stage, secrets: kept?.secrets ?? freshSecrets() }
  say("Synthesizing the stacks")
  let { folder } = await synthesize(root, place)
  const templates = await readTemplates(folder)

  say("Starting the local cloud")
  const clock = new Clock()
  stoppers.push(() => clock.stop())
  const calls = new CallLog()
  const faults = new Faults()
  let endGrants: (() => void) | undefined
  stoppers.push(() => endGrants?.())
  const streams = new Streams()
  const sockets = new Sockets()
  const lines = new Lines()
  const lambda = createLambda({ root, handlers: templates.handlers, streams, lines, minify: !debug })
  const services: Service[] = engines({ assembly: () => folder, streams, sockets, lambda })
  const types = typeTable(services)
  stoppers.push(...services.map((service) => () => service.stop?.()))

  const [consolePort, httpPort, wsPort, awsPort] = (await choosePorts(
    { port, explicit: explicitPort, last: kept?.ports },
    4,
  )) as [number, number, number, number]
  kept?.rememberPorts([consolePort, httpPort, wsPort, awsPort])
  const ports: Record<string, number> = {}
  const origins: string[] = []
  const url = (each: number) => `http://127.0.0.1:${each}`
  origins.push(url(consolePort))
  const addressed = (each: Templates): Assembly =>
    assemble(each, place, types, ({ apis, sites }) => {
      const of = (protocol: string) => (protocol === "HTTP" ? httpPort : wsPort)
      for (const { id, protocol } of apis) ports[id] = of(protocol)
      return {
        aws: url(awsPort),
        apis: new Map(
          apis.map(({ id, protocol }) => [
            id,
            { protocol, url: protocol === "HTTP" ? url(httpPort) : `ws://127.0.0.1:${wsPort}` },
          ]),
        ),
        sites: new Map(sites.map((domain) => [domain, url(consolePort)])),
      }
    })
  const assembly = addressed(templates)
  checkTrust(assembly.resources)
  const roles = compileRoles(assembly.resources)
  let resourcePolicies = compileResourcePolicies(assembly.resources)
  calls.settle(assembly.resources)
  if (process.env.BACKLINE_GRANTS) endGrants = recordGrants(process.env.BACKLINE_GRANTS, assembly.resources, calls)

  const gateways: { name: string; state(): unknown; reload(): void }[] = []
  const stacks = new Stacks({
    root,
    place,
    assemble: addressed,
    assembly,
    types,
    lambda,
    cloud: () => cloud,
    roles,
    useResourcePolicies: (policies) => void (resourcePolicies = policies),
    gateways: () => gateways,
    synthesized: (newer) => void (folder = newer),
  })
  const reload = new Reload({ root, lambda, stacks, now: clock.now, say: tell })
  const endpoint = createEndpoint({
    services,
    roles,
    resourcePolicies: { get: (arn) => resourcePolicies.get(arn) },
    credentials: { get: lambda.callerOf },
    calls,
    faults,
    place,
    origins: () => origins,
    control: control({
      cloud: () => cloud,
      assembly,
      calls,
      services,
      faults,
      sockets,
      streams,
      lines,
      reload: () => reload.state,
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
    data: kept?.path,
    calls,
    lambda,
    settled: () => reload.settled(),
    resources: (type) => (type ? assembly.resources.filter((each) => each.type === type) : assembly.resources),
    find: (type, ref) =>
      assembly.resources.find((each) => each.type === type && (each.identity.ref === ref || each.identity.arn === ref)),
    call: endpoint.call,
    log,
  }
  endpoint.attach(cloud)
  await Promise.all([lambda.ready, ...services.map((service) => service.start?.(cloud))])

  say("Provisioning what the templates declare")
  await provision(assembly.resources, types, cloud)
  for (const service of services) service.ready?.()

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
    gateways.push({ name, state: () => gateway.state(), reload: () => gateway.reload() })
    stoppers.push(() => gateway.stop())
  }
  await lambda.startSources()
  if (watch) {
    await reload.start()
    stoppers.push(() => reload.stop())
  }

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
    lines,
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

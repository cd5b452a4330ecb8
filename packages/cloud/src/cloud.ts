import { type Assembly, assemble, type TypeTable } from "./assembly/index.ts"
import { synthesize } from "./assembly/synth.ts"
import { readTemplates, type Templates } from "./assembly/template.ts"
import { CallLog } from "./calls.ts"
import { Clock } from "./clock.ts"
import { control } from "./control/index.ts"
import { recordGrants } from "./covered/grants.ts"
import { type DataFolder, openDataFolder } from "./data-folder.ts"
import { createEndpoint } from "./endpoint/index.ts"
import { engines } from "./engines.ts"
import { Faults } from "./faults/index.ts"
import { type Gateway, Sockets, startDistributions, startHttpApis, startWebSocketApis } from "./gateway/index.ts"
import { checkTrust, compileResourcePolicies, compileRoles, type Evaluator, type ResourcePolicies } from "./iam/index.ts"
import { Lines } from "./lambda/lines.ts"
import { createLambda, type LocalLambda } from "./lambda/runtime.ts"
import { choosePorts } from "./ports.ts"
import { provision, typeTable } from "./provision.ts"
import { Reload, Stacks } from "./reload/index.ts"
import { freshSecrets } from "./secrets.ts"
import type { Cloud, Place, Resource, Service } from "./service.ts"
import type { Model } from "./services/bedrock/request.ts"
import { Streams } from "./services/kinesis/index.ts"

export interface CloudOptions {
  /** The checkout whose stacks run. */
  root: string
  /** Port of the console; the others are the next free ones. 0 means any. */
  port: number
  explicitPort: boolean
  stage?: string
  /** What answers as Bedrock; by default the server that BACKLINE_MODEL_URL names. */
  model?: Model
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

type Stopper = () => Promise<void> | void

interface ChosenPorts {
  console: number
  http: number
  ws: number
  aws: number
}

const PLACE: Omit<Place, "stage" | "secrets"> = { account: "000000000000", region: "us-east-1" }

const urlOf = (port: number): string => `http://127.0.0.1:${port}`

/** Everything that the templates declare, running on this machine: `LocalCloud.start` boots it, `stop` ends it. */
export class LocalCloud {
  /** What functions write, as it comes. */
  readonly lines = new Lines()
  /** What services see of this cloud. Here from `#listen` on. */
  cloud!: Cloud
  /** Here once it has started. */
  addresses!: Addresses
  bootMs = 0

  readonly #options: CloudOptions
  readonly #stoppers: Stopper[] = []
  readonly #ended = new AbortController()
  #stopping: Promise<void> | undefined

  readonly #clock = new Clock()
  readonly #calls = new CallLog()
  readonly #faults = new Faults()
  readonly #streams = new Streams()
  readonly #sockets = new Sockets()
  readonly #gateways: (Gateway & { name: string })[] = []

  // Each is here after the step of its name.
  #kept: DataFolder | undefined
  #place!: Place
  #folder!: string
  #templates!: Templates
  #lambda!: LocalLambda
  #services!: Service[]
  #types!: TypeTable
  #ports!: ChosenPorts
  /** Port of each API by its id. */
  readonly #apiPorts: Record<string, number> = {}
  #assembly!: Assembly
  #roles!: Map<string, Evaluator>
  #resourcePolicies!: ResourcePolicies
  #reload!: Reload

  private constructor(options: CloudOptions) {
    this.#options = options
  }

  /** Boots everything the templates declare. Throws one readable error, and leaves nothing running, when something cannot be. */
  static async start(options: CloudOptions): Promise<LocalCloud> {
    const started = performance.now()
    const local = new LocalCloud(options)
    try {
      local.#openData()
      local.#choosePlace()
      options.say("Synthesizing the stacks")
      await local.#synthesize()
      options.say("Starting the local cloud")
      local.#makeEngines()
      await local.#choosePorts()
      local.#assemble()
      await local.#listen()
      await local.#startEngines()
      options.say("Provisioning what the templates declare")
      await local.#provision()
      await local.#openGateways()
      await local.#lambda.startSources()
      await local.#watch()
    } catch (error) {
      await local.stop()
      throw error
    }
    local.bootMs = performance.now() - started
    return local
  }

  /** Aborted when the cloud stops. */
  get signal(): AbortSignal {
    return this.#ended.signal
  }

  /** Runs when the cloud stops, before what was started earlier is stopped. */
  onStop(stopper: Stopper): void {
    this.#stoppers.push(stopper)
  }

  /** Ends workers, engines, sockets and child processes. Safe to call twice. */
  stop(): Promise<void> {
    return (this.#stopping ??= (async () => {
      this.#ended.abort()
      // Engines are waited for that keep no process alive by themselves.
      const alive = setInterval(() => {}, 60_000)
      for (const each of this.#stoppers.toReversed()) await each()
      clearInterval(alive)
    })())
  }

  /** Crashes all workers of the one function whose name contains `part`; returns how many there were. Throws when `part` means none or several. */
  kill(part: string): number {
    const names = this.cloud.resources("AWS::Lambda::Function").map(({ identity }) => identity.ref)
    const [name, ...others] = names.filter((each) => each.includes(part))
    if (!name || others.length > 0)
      throw new Error(`${part} names ${name ? "several functions" : "no function"}: use a part of one of ${names.join(", ")}.`)
    return this.#lambda.kill(name)
  }

  /** The one resource of this type that a product has. */
  one(type: string): Resource {
    const found = this.cloud.resources(type)[0]
    if (!found) throw new Error(`The templates declare no ${type}.`)
    return found
  }

  #openData(): void {
    const { data } = this.#options
    if (data === undefined) return
    const kept = openDataFolder(data)
    this.#kept = kept
    this.onStop(kept.release)
  }

  #choosePlace(): void {
    const { stage = "local" } = this.#options
    this.#place = { ...PLACE, stage, secrets: this.#kept?.secrets ?? freshSecrets() }
  }

  async #synthesize(): Promise<void> {
    this.#folder = (await synthesize(this.#options.root, this.#place)).folder
    this.#templates = await readTemplates(this.#folder)
  }

  #makeEngines(): void {
    const { root, debug, model } = this.#options
    const { handlers } = this.#templates
    this.onStop(() => this.#clock.stop())
    this.#lambda = createLambda({ root, handlers, streams: this.#streams, lines: this.lines, minify: !debug })
    this.#services = engines({
      assembly: () => this.#folder,
      streams: this.#streams,
      sockets: this.#sockets,
      lambda: this.#lambda,
      model,
    })
    this.#types = typeTable(this.#services)
    for (const service of this.#services) this.onStop(() => service.stop?.())
  }

  async #choosePorts(): Promise<void> {
    const { port, explicitPort: explicit } = this.#options
    const chosen = await choosePorts({ port, explicit, last: this.#kept?.ports }, 4)
    this.#kept?.rememberPorts(chosen)
    const [console, http, ws, aws] = chosen as [number, number, number, number]
    this.#ports = { console, http, ws, aws }
  }

  /** Templates → resources, with the addresses that this cloud has. */
  #addressed(templates: Templates): Assembly {
    const { console, http, ws, aws } = this.#ports
    return assemble(templates, this.#place, this.#types, ({ apis, sites }) => {
      for (const { id, protocol } of apis) this.#apiPorts[id] = protocol === "HTTP" ? http : ws
      return {
        aws: urlOf(aws),
        apis: new Map(
          apis.map(({ id, protocol }) => [id, { protocol, url: protocol === "HTTP" ? urlOf(http) : `ws://127.0.0.1:${ws}` }]),
        ),
        sites: new Map(sites.map((domain) => [domain, urlOf(console)])),
      }
    })
  }

  #assemble(): void {
    this.#assembly = this.#addressed(this.#templates)
    const { resources } = this.#assembly
    checkTrust(resources)
    this.#roles = compileRoles(resources)
    this.#resourcePolicies = compileResourcePolicies(resources)
    this.#calls.settle(resources)
    if (!process.env.BACKLINE_GRANTS) return
    this.onStop(recordGrants(process.env.BACKLINE_GRANTS, resources, this.#calls))
  }

  /** The one address of all AWS APIs; services can call one another from here on. */
  async #listen(): Promise<void> {
    const { root, log, tell = () => {} } = this.#options
    const stacks = new Stacks({
      root,
      place: this.#place,
      assemble: (templates) => this.#addressed(templates),
      assembly: this.#assembly,
      types: this.#types,
      lambda: this.#lambda,
      cloud: () => this.cloud,
      roles: this.#roles,
      useResourcePolicies: (policies) => void (this.#resourcePolicies = policies),
      gateways: () => this.#gateways,
      synthesized: (folder) => void (this.#folder = folder),
    })
    this.#reload = new Reload({ root, lambda: this.#lambda, stacks, now: this.#clock.now, say: tell })
    const endpoint = createEndpoint({
      services: this.#services,
      roles: this.#roles,
      resourcePolicies: { get: (arn) => this.#resourcePolicies.get(arn) },
      credentials: { get: this.#lambda.callerOf },
      calls: this.#calls,
      faults: this.#faults,
      place: this.#place,
      origins: () => [urlOf(this.#ports.console)],
      control: control({
        cloud: () => this.cloud,
        assembly: this.#assembly,
        calls: this.#calls,
        services: this.#services,
        faults: this.#faults,
        sockets: this.#sockets,
        streams: this.#streams,
        lines: this.lines,
        reload: () => this.#reload.state,
        state: () => Object.fromEntries(this.#gateways.map((gateway) => [gateway.name, gateway.state()])),
      }),
    })
    this.onStop(() => endpoint.close())
    const awsUrl = await endpoint.listen(this.#ports.aws)
    this.cloud = {
      ...this.#place,
      awsUrl,
      now: this.#clock.now,
      clock: this.#clock,
      data: this.#kept?.path,
      calls: this.#calls,
      lambda: this.#lambda,
      settled: () => this.#reload.settled(),
      resources: (type) => this.#assembly.resources.filter((each) => type === undefined || each.type === type),
      find: (type, ref) =>
        this.#assembly.resources.find((each) => each.type === type && (each.identity.ref === ref || each.identity.arn === ref)),
      call: endpoint.call,
      log,
    }
    endpoint.attach(this.cloud)
  }

  async #startEngines(): Promise<void> {
    await Promise.all([this.#lambda.ready, ...this.#services.map((service) => service.start?.(this.cloud))])
  }

  async #provision(): Promise<void> {
    await provision(this.#assembly.resources, this.#types, this.cloud)
    for (const service of this.#services) service.ready?.()
  }

  async #openGateways(): Promise<void> {
    const site = this.one("AWS::CloudFront::Distribution").identity.ref
    const http = this.#opened("http", await startHttpApis(this.cloud, this.#apiPorts))
    const ws = this.#opened("ws", await startWebSocketApis(this.cloud, this.#apiPorts, this.#sockets))
    const sites = this.#opened("console", await startDistributions(this.cloud, { [site]: this.#ports.console }))
    const { awsUrl } = this.cloud
    const stage = this.cloud.resources("AWS::ApiGatewayV2::Stage").find(({ properties }) => ws.urls[properties.ApiId])
    this.addresses = {
      console: sites.urls[site]!,
      http: Object.values(http.urls)[0]!,
      ws: `${Object.values(ws.urls)[0]!}/${stage!.properties.StageName}`,
      aws: awsUrl,
      issuer: `${awsUrl}/${this.one("AWS::Cognito::UserPool").identity.ref}`,
      clientId: this.one("AWS::Cognito::UserPoolClient").identity.ref,
    }
  }

  #opened(name: string, gateway: Gateway): Gateway {
    this.#gateways.push(Object.assign(gateway, { name }))
    this.onStop(() => gateway.stop())
    return gateway
  }

  async #watch(): Promise<void> {
    if (!this.#options.watch) return
    await this.#reload.start()
    this.onStop(() => this.#reload.stop())
  }
}

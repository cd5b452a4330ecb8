import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse, STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import { type WebSocket, WebSocketServer } from "ws"
import { connectionCharges, messageCharges } from "../prices/usage-price.ts"
import { isLoopbackHost } from "../endpoint/origin.ts"
import type { Cloud } from "../service.ts"
import { type Api, type ApiRoute, apisOf, type Stage } from "./api-model.ts"
import { frameSizes } from "./frame-sizes.ts"
import { forbidden, type Gateway, listen, type Ports, stopper } from "./gateway.ts"
import { newId } from "./ids.ts"
import { Inbox } from "./inbox.ts"
import { invoker, type Outcome } from "./invoke.ts"
import { areProcessorsBusy, PROCESSORS } from "./processors.ts"
import { decisionOf, hasIdentity } from "./request-authorizer.ts"
import { selectorOf } from "./route-selection.ts"
import { type Connection, end, endingOf, MAX_FRAME, MAX_MESSAGE, type Sockets } from "./sockets.ts"
import { throttle } from "./throttle.ts"
import { authorizerEvent, connectEvent, disconnectEvent, messageEvent, type Scene } from "./websocket-events.ts"

/** New connections a second for an account and region, of all its WebSocket APIs together. */
const NEW_CONNECTIONS = 500
const LIMITS_EVERY_MS = 1_000

/**
 * AWS runs all frames of a socket at once, up to the account's 10,000 requests a second, and others do not notice. So does this gateway while the
 * processors have time. Where they are busy, a socket has two frames under way for each of them, and with dozens waiting one less than there are
 * processors: more would not be faster, and make everybody else late. With a thousand waiting no more are read, and TCP slows their sender down.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const FRAMES = {
  atOnce: 2 * PROCESSORS,
  backlog: 50,
  ofBacklog: Math.max(1, PROCESSORS - 1),
  patienceMs: 25,
  isBusy: areProcessorsBusy,
  most: 1_000,
}

/** What ws makes of frames that break the protocol; all others are 1002. */
const BROKEN: Readonly<Record<string, number>> = { WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009, WS_ERR_INVALID_UTF8: 1007 }

const REFUSALS = {
  401: "Unauthorized",
  403: "User is not authorized to access this resource",
  500: "Internal server error",
} as const

/** Refuses a handshake the way API Gateway does: a status and a JSON message. */
function refuse(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ message, connectionId: newId(), requestId: newId() })
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\ncontent-type: application/json\r\nconnection: close\r\n`
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}

/** One WebSocket API: handshakes, messages to routes, disconnects. */
class WebSocketApi {
  private routes!: Map<string, ApiRoute>
  private select!: (body: string) => string | undefined
  private invoke!: ReturnType<typeof invoker>
  private readonly protocols = new WeakMap<IncomingMessage, string>()
  private readonly wss = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: (_, request) => this.protocols.get(request) ?? false,
  })

  constructor(
    private readonly cloud: Cloud,
    private api: Api,
    private readonly sockets: Sockets,
  ) {
    this.load(api)
  }

  /** Takes newer routes; open sockets stay. */
  load(api: Api): void {
    this.api = api
    this.routes = new Map(api.routes.map((route) => [route.key, route]))
    this.select = selectorOf(api.routeSelection)
    this.invoke = invoker(this.cloud)
  }

  private arn(resource: string): string {
    return `arn:aws:execute-api:${this.cloud.region}:${this.cloud.account}:${this.api.id}/${resource}`
  }

  private call(routeKey: string, { stage, connectionId }: Connection, event: unknown): Promise<Outcome> | undefined {
    const route = this.routes.get(routeKey)
    return (
      route && this.invoke({ ...route.integration, sourceArn: this.arn(`${stage}/${routeKey}`), event, source: connectionId })
    )
  }

  /** Asks the authorizer, then `$connect`; only then is the handshake answered. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (!isLoopbackHost(request.headers.host)) return refuse(socket, 403, "Forbidden")
    const stage = this.api.stages.get((request.url ?? "/").split("?")[0]!.replace(/^\/|\/$/g, ""))
    if (!stage) return refuse(socket, 403, "Forbidden")
    const { now } = this.cloud
    const sourceIp = request.socket.remoteAddress ?? "127.0.0.1"
    const peer = { apiId: this.api.id, stage: stage.name, sourceIp, userAgent: request.headers["user-agent"] ?? "" }
    const connection = this.sockets.reserve(peer, now())
    const scene: Scene = { region: this.cloud.region, connection, variables: stage.variables }
    const refusal = (await this.authorize(scene, stage, request)) ?? (await this.connect(scene, stage, request))
    if (refusal) {
      this.sockets.forget(connection.connectionId)
      return refuse(socket, ...refusal)
    }
    if (socket.destroyed) return void this.disconnected(scene, 1006, "")
    this.wss.handleUpgrade(request, socket, head, (opened) => this.opened(scene, opened, socket))
  }

  private async authorize(scene: Scene, stage: Stage, request: IncomingMessage): Promise<[number, string] | undefined> {
    const authorizer = this.routes.get("$connect")?.authorizer
    if (!authorizer?.functionArn) return undefined
    if (!hasIdentity(authorizer, request)) return [401, "Unauthorized"]
    const methodArn = this.arn(`${stage.name}/$connect`)
    const outcome = await this.invoke({
      functionArn: authorizer.functionArn,
      sourceArn: this.arn(`authorizers/${authorizer.id}`),
      timeoutMs: 29_000,
      source: scene.connection.connectionId,
      event: authorizerEvent(scene, request, methodArn, this.cloud.now()),
    })
    const decision = decisionOf(outcome, methodArn)
    if ("context" in decision) {
      scene.authorizer = decision.context
      return undefined
    }
    return [decision.status, REFUSALS[decision.status]]
  }

  private async connect(scene: Scene, stage: Stage, request: IncomingMessage): Promise<[number, string] | undefined> {
    const outcome = await this.call("$connect", scene.connection, connectEvent(scene, request, this.cloud.now()))
    if (!outcome) return undefined
    if (outcome.kind === "timeout") return [504, "Endpoint request timed out"]
    if (outcome.kind !== "payload") return [outcome.kind === "refused" ? 500 : 502, "Internal server error"]
    const status = Number(outcome.payload?.statusCode)
    if (status >= 400 && status <= 599) return [status, STATUS_CODES[status] ?? "Refused"]
    if (!(status >= 200 && status < 300)) return [502, "Internal server error"]
    const headers = Object.entries(outcome.payload.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])
    const protocol = Object.fromEntries(headers)["sec-websocket-protocol"]
    if (typeof protocol === "string") this.protocols.set(request, protocol)
    return undefined
  }

  private opened(scene: Scene, socket: WebSocket, transport: Duplex): void {
    const { connection } = scene
    const inbox = new Inbox<{ body: string; at: number }>({
      run: ({ body, at }) => this.message(scene, body, at),
      ...FRAMES,
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    })
    Object.assign(connection, { socket, inbox })
    const tooLarge = frameSizes(MAX_FRAME)
    let accepting = true
    const touch = () => {
      connection.lastActiveAt = this.cloud.now()
    }
    const refuseMore = (code: number, reason: string) => {
      accepting = false
      end(connection, code, reason)
    }
    transport.prependListener("data", (chunk: Buffer) => {
      if (accepting && tooLarge(chunk)) refuseMore(1009, "Frame too large")
    })
    socket.on("ping", touch)
    socket.on("message", (data: Buffer, isBinary: boolean) => {
      if (!accepting || connection.blackholed) return
      touch()
      if (isBinary) return refuseMore(1003, "Binary frames are not supported")
      inbox.add({ body: data.toString("utf8"), at: this.cloud.now() })
    })
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // ws closes by itself with these codes, and then reports 1006, for no answer is read any more.
      if (error.code?.startsWith("WS_ERR_")) connection.ended ??= [BROKEN[error.code] ?? 1002, error.message]
    })
    socket.once("close", (code, reason) => void this.disconnected(scene, code, reason.toString()))
  }

  /** Messages of one socket run side by side, as in AWS, and may overtake one another. */
  private async message(scene: Scene, body: string, at: number): Promise<void> {
    const { connection } = scene
    const { connectionId } = connection
    const action = this.select(body)
    const routeKey = action !== undefined && !action.startsWith("$") && this.routes.has(action) ? action : "$default"
    const route = this.routes.get(routeKey)
    const paid = (text: string) =>
      this.cloud.calls.ledger.add(
        { at: this.cloud.now(), function: route?.integration.functionArn.split(":")[6] },
        messageCharges(Buffer.byteLength(text)),
      )
    paid(body)
    const event = messageEvent(scene, routeKey, body, at)
    const outcome = await this.call(routeKey, connection, event)
    if (outcome?.kind === "payload") {
      const answer = route?.responds ? outcome.payload?.body : undefined
      if (typeof answer === "string" && this.sockets.send(connectionId, answer, this.cloud.now())) paid(answer)
      return
    }
    const message = !outcome ? "Forbidden" : outcome.kind === "timeout" ? "Endpoint request timed out" : "Internal server error"
    const { requestId } = event.requestContext
    const notice = JSON.stringify({ message, connectionId, requestId })
    if (this.sockets.send(connectionId, notice, this.cloud.now())) paid(notice)
  }

  private async disconnected(scene: Scene, code: number, reason: string): Promise<void> {
    const { connection } = scene
    this.sockets.forget(connection.connectionId)
    this.cloud.calls.ledger.add({ at: this.cloud.now() }, connectionCharges(this.cloud.now() - connection.connectedAt))
    if (connection.blackholed || this.stopped) return
    await this.call(
      "$disconnect",
      connection,
      disconnectEvent(scene, ...(connection.ended ?? endingOf(code, reason)), this.cloud.now()),
    )
  }

  private stopped = false

  /** Cuts every socket; nobody is told, as when a data centre goes dark. */
  stop(): void {
    this.stopped = true
    for (const client of this.wss.clients) client.terminate()
  }
}

/** Callback URLs name this API's address: what is posted there goes on to the one address of all AWS APIs, which checks and logs it. */
function forward(cloud: Cloud, request: IncomingMessage, response: ServerResponse): void {
  const isCallback = /^\/([^/]+\/)?@connections\//.test(request.url ?? "")
  if (!isCallback || !isLoopbackHost(request.headers.host)) return forbidden(response)
  const onward = httpRequest(`${cloud.awsUrl}${request.url}`, { method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.once("error", () => response.writeHead(502).end())
  request.pipe(onward)
}

/** Starts a server for every WebSocket API of the templates; stages are paths below its address. Rejects with EADDRINUSE or NOT_SIMULATED. */
export async function startWebSocketApis(cloud: Cloud, ports: Ports, sockets: Sockets): Promise<Gateway> {
  const urls: Record<string, string> = {}
  const stops: (() => Promise<void>)[] = []
  const newcomers = throttle(NEW_CONNECTIONS, NEW_CONNECTIONS, cloud.now)
  const apis = new Map<string, WebSocketApi>()
  for (const api of apisOf(cloud, "WEBSOCKET")) {
    const running = new WebSocketApi(cloud, api, sockets)
    apis.set(api.id, running)
    const server = createServer((request, response) => forward(cloud, request, response))
    const stop = stopper(server)
    stops.push(async () => {
      running.stop()
      await stop()
    })
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on("error", () => socket.destroy())
      if (!newcomers.take()) return refuse(socket, 429, "Too Many Requests")
      running.upgrade(request, socket, head).catch((error) => {
        cloud.log("apigateway", `handshake of ${api.name}: ${error instanceof Error ? error.stack : error}`)
        refuse(socket, 500, "Internal server error")
      })
    })
    urls[api.id] = `ws://127.0.0.1:${await listen(server, ports[api.id])}`
  }
  let callOff = () => {}
  const limits = () => {
    sockets.expire(cloud.now())
    callOff = cloud.clock.alarm(cloud.now() + LIMITS_EVERY_MS, limits)
  }
  limits()
  return {
    urls,
    state: () => ({
      sockets: sockets.all().map(({ socket, inbox, ...connection }) => ({
        ...connection,
        open: socket?.readyState === 1,
        waiting: inbox?.waiting ?? 0,
        buffered: socket?.bufferedAmount ?? 0,
      })),
    }),
    reload: () => {
      for (const api of apisOf(cloud, "WEBSOCKET")) apis.get(api.id)?.load(api)
    },
    stop: async () => {
      callOff()
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}

import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { httpCharges } from "../prices/usage-price.ts"
import { isLoopbackHost } from "../endpoint/origin.ts"
import type { Cloud } from "../service.ts"
import { accessLine } from "./access-log.ts"
import { type Api, apisOf, type Stage } from "./api-model.ts"
import { cors } from "./cors.ts"
import { eventV2, headersOf } from "./event-v2.ts"
import { forbidden, type Gateway, listen, type Ports, requestTime, stopper } from "./gateway.ts"
import { newId } from "./ids.ts"
import { invoker, type Outcome } from "./invoke.ts"
import { jwtAuthorizer, tokenOf } from "./jwt.ts"
import { type Answer, answerOf, internalServerError, own } from "./response-v2.ts"
import { requestPath } from "./request-path.ts"
import { router } from "./routes.ts"
import { throttle } from "./throttle.ts"

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MAX_BODY = 10 * 1024 * 1024

/** Request line and headers together; Node's own parser gives up at 16 KB. */
const MAX_HEAD = 10_240

const headBytes = ({ method = "", url = "", rawHeaders }: IncomingMessage): number =>
  rawHeaders.reduce((sum, text) => sum + text.length, method.length + url.length)

/** The body, or undefined once it is larger than the gateway takes; the rest is read and dropped, so that the client gets to read the answer. */
function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let size = 0
    if (Number(request.headers["content-length"] ?? 0) > MAX_BODY) resolve(undefined)
    request.on("data", (part: Buffer) => {
      size += part.length
      if (size <= MAX_BODY) return void parts.push(part)
      parts.length = 0
      resolve(undefined)
    })
    request.once("end", () => resolve(size > MAX_BODY ? undefined : Buffer.concat(parts)))
    request.once("error", reject)
  })
}

/** A stage named in the first segment, else `$default`; `path` is what routes are matched against. */
function stageOf(api: Api, matched: string): { stage: Stage; path: string } | undefined {
  const [, first = ""] = matched.split("/", 2)
  const named = first === "$default" ? undefined : api.stages.get(first)
  if (named) return { stage: named, path: matched.slice(first.length + 1) || "/" }
  const stage = api.stages.get("$default")
  return stage && { stage, path: matched }
}

function answerFor(outcome: Outcome): Answer {
  if (outcome.kind === "payload") return answerOf(outcome.payload)
  if (outcome.kind === "timeout" || outcome.kind === "unavailable") return own(503, "Service Unavailable")
  return internalServerError()
}

/** The answering half of one HTTP API, apart from its server. */
function handlerOf(cloud: Cloud, api: Api) {
  const invoke = invoker(cloud)
  const match = router(api.routes)
  const crossOrigin = api.cors && cors(api.cors)
  const log = (line: string) => cloud.log("apigateway", line)
  const authorizers = new Map(
    api.routes.flatMap(({ authorizer }) =>
      authorizer ? [[authorizer.id, jwtAuthorizer(authorizer, cloud.now, log)] as const] : [],
    ),
  )
  const throttles = new Map(
    [...api.stages.values()].map(({ name, rate, burst }) => [name, rate ? throttle(rate, burst ?? rate, cloud.now) : undefined]),
  )

  async function answer(
    request: IncomingMessage,
    id: string,
    context: Record<string, string | number | undefined>,
  ): Promise<Answer> {
    const at = cloud.now()
    const { headers, cookies } = headersOf(request.rawHeaders)
    const [sent, rawQuery] = splitOnce(request.url ?? "/", "?")
    const path = requestPath(sent)
    const method = request.method ?? "GET"
    const sourceIp = request.socket.remoteAddress ?? "127.0.0.1"
    Object.assign(context, {
      "identity.sourceIp": sourceIp,
      httpMethod: method,
      path: path?.told ?? sent,
      protocol: "HTTP/1.1",
      requestId: id,
    })
    Object.assign(context, { requestTime: requestTime(at), requestTimeEpoch: at, "identity.userAgent": headers["user-agent"] })
    if (headBytes(request) > MAX_HEAD) return own(431, "Request Header Fields Too Large")
    if (!path) return own(400, "Bad Request")
    const found = stageOf(api, path.matched)
    if (!found) return own(404, "Not Found")
    context.stage = found.stage.name
    if (throttles.get(found.stage.name)?.take() === false) return own(429, "Too Many Requests")
    const matched = match(method, found.path)
    if (!matched) return own(404, "Not Found")
    const { route } = matched
    context.routeKey = route.key

    const verdict =
      route.authorizer &&
      (await authorizers.get(route.authorizer.id)!(
        tokenOf(route.authorizer.identitySource, headers, new URLSearchParams(rawQuery)),
        route.scopes,
      ))
    if (verdict && !verdict.ok)
      return own(verdict.status, verdict.status === 401 ? "Unauthorized" : "Forbidden", { "www-authenticate": verdict.challenge })

    const body = await bodyOf(request)
    if (!body) return own(413, "Request Entity Too Large")
    context.requestLength = body.length
    headers["x-forwarded-for"] = headers["x-forwarded-for"] ? `${headers["x-forwarded-for"]},${sourceIp}` : sourceIp
    headers["x-forwarded-proto"] = "https"
    headers["x-forwarded-port"] = "443"
    const event = eventV2(
      { method, rawPath: path.told, rawQuery, headers, cookies, protocol: `HTTP/${request.httpVersion}`, sourceIp, body },
      {
        api,
        stage: found.stage,
        match: matched,
        requestId: id,
        at,
        account: cloud.account,
        region: cloud.region,
        jwt: verdict?.jwt,
      },
    )
    const named = route.key === "$default" ? "$default" : `${method}${route.key.slice(route.key.indexOf(" ") + 1)}`
    const sourceArn = `arn:aws:execute-api:${cloud.region}:${cloud.account}:${api.id}/${found.stage.name}/${named}`
    return answerFor(await invoke({ ...route.integration, sourceArn, event, source: verdict?.jwt.claims.sub }))
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const id = newId()
    const { origin } = request.headers
    if (crossOrigin && request.method === "OPTIONS" && origin && request.headers["access-control-request-method"]) {
      response.writeHead(204, { ...crossOrigin.preflight(origin), "apigw-requestid": id }).end()
      return
    }
    const context: Record<string, string | number | undefined> = {}
    const result = await answer(request, id, context).catch((error) => {
      if (!request.destroyed) log(`${request.method} ${api.name}: ${error instanceof Error ? error.stack : error}`)
      return internalServerError()
    })
    if (response.destroyed) return
    const headers: Answer["headers"] = { ...result.headers, "apigw-requestid": id }
    if (crossOrigin) {
      for (const name of Object.keys(headers)) if (name.startsWith("access-control-")) delete headers[name]
      Object.assign(headers, crossOrigin.actual(origin))
    }
    const bodiless = result.status === 204 || result.status === 304
    if (!bodiless) headers["content-length"] = String(result.body.length)
    response.writeHead(result.status, headers)
    response.end(bodiless || request.method === "HEAD" ? undefined : result.body)
    const format = api.stages.get(String(context.stage))?.accessLogFormat
    cloud.calls.ledger.add({ at: cloud.now() }, httpCharges(Math.max(Number(context.requestLength ?? 0), result.body.length)))
    if (format) cloud.log(api.name, accessLine(format, { ...context, status: result.status, responseLength: result.body.length }))
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)]
}

/** Starts a server for every HTTP API of the templates. Rejects with EADDRINUSE, or NOT_SIMULATED for what an API uses and this has not. */
export async function startHttpApis(cloud: Cloud, ports: Ports = {}): Promise<Gateway> {
  const urls: Record<string, string> = {}
  const requests: Record<string, number> = {}
  const stops: (() => Promise<void>)[] = []
  const load = () => new Map(apisOf(cloud, "HTTP").map((api) => [api.id, handlerOf(cloud, api)]))
  let handlers = load()
  for (const id of handlers.keys()) {
    const answer = async (request: IncomingMessage, response: ServerResponse) => {
      if (!isLoopbackHost(request.headers.host)) return forbidden(response)
      requests[id] = (requests[id] ?? 0) + 1
      await cloud.settled?.()
      await handlers.get(id)?.(request, response)
    }
    const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => void answer(request, response))
    stops.push(stopper(server))
    urls[id] = `http://127.0.0.1:${await listen(server, ports[id])}`
  }
  return {
    urls,
    state: () => ({ requests }),
    reload: () => void (handlers = load()),
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}

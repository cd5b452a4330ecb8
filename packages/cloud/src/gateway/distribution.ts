import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { promisify } from "node:util"
import { gzip as gzipCallback } from "node:zlib"
import { distributionCharges } from "../prices/usage-price.ts"
import type { Cloud, Resource } from "../service.ts"
import { isCompressible } from "./content-types.ts"
import { isControl, toControl } from "./control-proxy.ts"
import { type Gateway, listen, type Ports, stopper } from "./gateway.ts"
import { pathLike } from "./path-pattern.ts"
import { applyPolicy, type HeadersPolicy, headersPolicy } from "./response-headers.ts"
import { type S3Origin, s3Origin, type StoredObject } from "./s3-origin.ts"

const gzip = promisify(gzipCallback)

/** CloudFront compresses objects between these sizes. */
const COMPRESS = { min: 1_000, max: 10_000_000 }
const KEPT_COMPRESSED = 200

interface Behavior {
  /** `/assets/*`; the default behaviour takes everything. */
  pattern: string
  origin: S3Origin
  policy: HeadersPolicy
  compress: boolean
}

function behaviorsOf(cloud: Cloud, { properties, identity }: Resource): Behavior[] {
  const config = properties.DistributionConfig
  const origins: any[] = config.Origins ?? []
  const behavior = (from: any, pattern: string): Behavior => {
    const origin = origins.find(({ Id }) => Id === from.TargetOriginId)
    return {
      pattern,
      origin: s3Origin(cloud, origin ?? {}, identity.arn ?? ""),
      policy: headersPolicy(cloud, from.ResponseHeadersPolicyId),
      compress: from.Compress === true,
    }
  }
  const ordered: any[] = config.CacheBehaviors ?? []
  return [...ordered.map((from) => behavior(from, String(from.PathPattern))), behavior(config.DefaultCacheBehavior, "*")]
}

const ERRORS = { 400: "InvalidURI", 403: "AccessDenied", 404: "NoSuchKey" } as const

const errorPage = (status: keyof typeof ERRORS): StoredObject => ({
  body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${ERRORS[status]}</Code></Error>`),
  contentType: "application/xml",
  etag: "",
})

/** Path and query of a request, dots resolved; undefined for what no object can be called: S3 answers those 400, in front of every rule of the distribution. */
function addressOf(url = "/"): { pathname: string; search: string } | undefined {
  // Appending, because `new URL("//name", base)` would read a host.
  const whole = `http://console${url}`
  if (!url.startsWith("/") || !URL.canParse(whole)) return undefined
  const { pathname, search } = new URL(whole)
  try {
    return decodeURIComponent(pathname).includes("\0") ? undefined : { pathname, search }
  } catch {
    return undefined
  }
}

/** The answering half of one distribution, apart from its server. */
function handlerOf(cloud: Cloud, resource: Resource, host: () => string) {
  const config = resource.properties.DistributionConfig
  const behaviors = behaviorsOf(cloud, resource)
  const errors: any[] = config.CustomErrorResponses ?? []
  const compressed = new Map<string, Buffer>()

  const behaviorFor = (path: string): Behavior =>
    behaviors.find(({ pattern }) => pathLike(pattern.replace(/^(?=[^/*])/, "/"), path)) ?? behaviors.at(-1)!

  async function read(path: string): Promise<{ status: number; object: StoredObject }> {
    const object = await behaviorFor(path).origin.get(
      path === "/" && config.DefaultRootObject ? `/${config.DefaultRootObject}` : path,
    )
    if (typeof object !== "number") return { status: 200, object }
    const custom = errors.find(({ ErrorCode }) => ErrorCode === object)
    const page = custom?.ResponsePagePath && (await behaviorFor(custom.ResponsePagePath).origin.get(custom.ResponsePagePath))
    if (!page || typeof page === "number") return { status: object, object: errorPage(object) }
    return { status: Number(custom.ResponseCode ?? object), object: page }
  }

  /** What is answered without asking the origin comes under the headers of the policy too. */
  function own(response: ServerResponse, { policy }: Behavior, status: number, { body, contentType }: StoredObject): void {
    const headers: Record<string, string> = { "content-type": contentType, "content-length": String(body.length) }
    applyPolicy(policy, headers)
    response.writeHead(status, headers).end(body)
  }

  async function zipped(path: string, { etag, body }: StoredObject): Promise<Buffer> {
    const key = `${path} ${etag}`
    const kept = compressed.get(key)
    if (kept) return kept
    const made = await gzip(body)
    if (compressed.size >= KEPT_COMPRESSED) compressed.delete(compressed.keys().next().value!)
    compressed.set(key, made)
    return made
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const address = addressOf(request.url)
    if (!address) return own(response, behaviors.at(-1)!, 400, errorPage(400))
    const { pathname, search } = address
    // One origin only: sign-in, tickets and CORS are bound to it, and no page can reach it under a name of its own.
    if (request.headers.host !== host()) {
      response.writeHead(301, { location: `http://${host()}${pathname}${search}` }).end()
      return
    }
    if (isControl(pathname)) return toControl(cloud, `http://${host()}`, request, response)
    const behavior = behaviorFor(pathname)
    if (request.method !== "GET" && request.method !== "HEAD")
      return own(response, behavior, 403, {
        body: Buffer.from("This distribution takes GET and HEAD."),
        contentType: "text/plain",
        etag: "",
      })
    const { status, object } = await read(pathname)
    const headers: Record<string, string> = { "content-type": object.contentType }
    if (object.cacheControl) headers["cache-control"] = object.cacheControl
    if (object.etag) headers.etag = object.etag
    let body = object.body
    const size = body.length
    const wanted = behavior.compress && isCompressible(object.contentType) && size >= COMPRESS.min && size <= COMPRESS.max
    if (wanted) headers.vary = "accept-encoding"
    if (wanted && /\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) {
      body = await zipped(pathname, object)
      headers["content-encoding"] = "gzip"
      headers.etag = `W/${object.etag}`
    }
    applyPolicy(behavior.policy, headers)
    const known = (request.headers["if-none-match"] ?? "").split(/,\s*/).some((tag) => tag.replace(/^W\//, "") === object.etag)
    if (status === 200 && object.etag && known) {
      response.writeHead(304, headers).end()
      return
    }
    response.writeHead(status, { ...headers, "content-length": String(body.length) })
    response.end(request.method === "HEAD" ? undefined : body)
    cloud.calls.ledger.add({ at: cloud.now() }, distributionCharges(request.method === "HEAD" ? 0 : body.length))
  }
}

/** Starts a server for every enabled distribution: the console's address. Rejects with EADDRINUSE, or NOT_SIMULATED for origins other than buckets. */
export async function startDistributions(cloud: Cloud, ports: Ports = {}): Promise<Gateway> {
  const urls: Record<string, string> = {}
  const stops: (() => Promise<void>)[] = []
  const load = () =>
    new Map(
      cloud.resources("AWS::CloudFront::Distribution").flatMap((resource) => {
        const id = resource.identity.ref
        if (resource.properties.DistributionConfig.Enabled === false) return []
        return [[id, handlerOf(cloud, resource, () => urls[id]!.slice("http://".length))] as const]
      }),
    )
  let handlers = load()
  for (const id of handlers.keys()) {
    const server = createServer((request, response) => {
      const handle = handlers.get(id)
      if (!handle) return void response.writeHead(403, { "content-type": "text/plain" }).end("This distribution is disabled.")
      handle(request, response).catch((error) => {
        cloud.log("cloudfront", `${request.method} ${request.url}: ${error instanceof Error ? error.stack : error}`)
        if (!response.headersSent) response.writeHead(502, { "content-type": "text/plain" }).end("The origin did not answer.")
      })
    })
    stops.push(stopper(server))
    urls[id] = `http://127.0.0.1:${await listen(server, ports[id])}`
  }
  return {
    urls,
    state: () => ({ distributions: Object.keys(urls).length }),
    reload: () => void (handlers = load()),
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}

import { createHmac, hash } from "node:crypto"
import { Recent } from "./recent.ts"

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

export interface Unsigned {
  method: string
  /** With the port, if it is not the scheme's own. */
  host: string
  /** As it goes on the wire, percent-encoded once. */
  path: string
  /** As it goes on the wire: encoded, and sorted by name. */
  query?: string
  /** Lower-case names; `host` and the signature's own are added. */
  headers?: Readonly<Record<string, string>>
  /** `hashOf(body)`: computed once where one body goes to many. */
  bodyHash: string
}

export const hashOf = (data: string | Uint8Array): string => hash("sha256", data)
const hmac = (key: string | Uint8Array, text: string): Buffer => createHmac("sha256", key).update(text).digest()

const escaped = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`
export const encoded = (segment: string): string => encodeURIComponent(segment).replace(/[!'()*]/g, escaped)
/**
 * Paths are encoded a second time for every service but S3; what is encoded once is ASCII.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
const encodedTwice = (path: string): string => path.replace(/[^A-Za-z0-9\-._~/]/g, escaped)

const twice = (n: number): string => (n < 10 ? `0${n}` : String(n))
function stampOf(second: number): { date: string; stamp: string } {
  const time = new Date(second * 1000)
  const date = `${time.getUTCFullYear()}${twice(time.getUTCMonth() + 1)}${twice(time.getUTCDate())}`
  return { date, stamp: `${date}T${twice(time.getUTCHours())}${twice(time.getUTCMinutes())}${twice(time.getUTCSeconds())}Z` }
}

/** Most values are clean already, and looking costs less than cleaning. */
const clean = (value: string): string => (/[^\S ]|  |^ | $/.test(value) ? value.trim().replace(/\s+/g, " ") : value)

const BLOCK = 64
const padded = (key: Uint8Array, byte: number): Buffer => Buffer.alloc(BLOCK, byte).map((pad, n) => pad ^ (key[n] ?? 0)) as Buffer

/**
 * HMAC-SHA256 under one key as hex, by two hashes of whole texts: an Hmac object for each call is memory outside of the heap that garbage
 * collection has to follow. https://datatracker.ietf.org/doc/html/rfc2104#section-2
 */
function hmacOf(key: Uint8Array): (text: string) => string {
  const [inner, outer] = [padded(key, 0x36), padded(key, 0x5c)]
  return (text) => hashOf(Buffer.concat([outer, hash("sha256", Buffer.concat([inner, Buffer.from(text)]), "buffer")]))
}

/** Sorted names of headers, by the names in the order they come: a caller sends the same ones again and again. */
function orders() {
  const known = new Recent<{ names: string[]; signed: string }>(100)
  return (headers: Record<string, string>) => {
    const names = Object.keys(headers)
    const key = names.join(";")
    let order = known.get(key)
    if (!order) {
      names.sort()
      known.set(key, (order = { names, signed: names.join(";") }))
    }
    return order
  }
}

/**
 * Signature Version 4 with nothing but node:crypto: a tenth of the SDK's work for each call. The key of a day is kept, and what a second says.
 * Gives all headers of the request, its own included.
 */
export function signer(service: string, region: string, { accessKeyId, secretAccessKey, sessionToken }: Credentials) {
  const canonicalPath = service === "s3" ? (path: string) => path : encodedTwice
  const orderOf = orders()
  let second = Number.NaN
  let day = ""
  let sign: (text: string) => string
  let stamp: string
  let scope: string

  function tick(to: number): void {
    second = to
    const time = stampOf(to)
    stamp = time.stamp
    if (time.date === day) return
    day = time.date
    scope = `${day}/${region}/${service}/aws4_request`
    sign = hmacOf(hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, day), region), service), "aws4_request"))
  }

  return ({ method, host, path, query = "", headers = {}, bodyHash }: Unsigned, at: number): Record<string, string> => {
    const now = Math.floor(at / 1000)
    if (now !== second) tick(now)
    const all: Record<string, string> = { ...headers, host, "x-amz-content-sha256": bodyHash, "x-amz-date": stamp }
    if (sessionToken) all["x-amz-security-token"] = sessionToken
    const { names, signed } = orderOf(all)
    let lines = ""
    for (const name of names) lines += `${name}:${clean(all[name]!)}\n`
    const canonical = `${method}\n${canonicalPath(path)}\n${query}\n${lines}\n${signed}\n${bodyHash}`
    const signature = sign(`AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${hashOf(canonical)}`)
    all.authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`
    return all
  }
}

import { Command, type SendOptions, serviceClient } from "../service-client.ts"
import { encoded, hashOf } from "../signature.ts"

interface ObjectRef {
  Bucket: string
  Key: string
}

/** The operations that the product uses, by the names of the SDK's client, and as much of them. */
export class PutObjectCommand extends Command<ObjectRef & { Body: Uint8Array | string; ContentType?: string }, object> {
  readonly operation = "PutObject"
}
export class GetObjectCommand extends Command<
  ObjectRef & { Range?: string },
  { Body: { transformToByteArray(): Promise<Uint8Array> } }
> {
  readonly operation = "GetObject"
}
export class DeleteObjectCommand extends Command<ObjectRef, object> {
  readonly operation = "DeleteObject"
}
export class ListObjectsV2Command extends Command<
  { Bucket: string; Prefix?: string; MaxKeys?: number; ContinuationToken?: string },
  { Contents?: { Key?: string }[]; NextContinuationToken?: string }
> {
  readonly operation = "ListObjectsV2"
}

type AnyCommand = PutObjectCommand | GetObjectCommand | DeleteObjectCommand | ListObjectsV2Command

const METHODS = { PutObject: "PUT", GetObject: "GET", DeleteObject: "DELETE", ListObjectsV2: "GET" } as const
const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }

/** Texts of all elements of a name. */
const elements = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text]) =>
    text!.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, entity) =>
      hex
        ? String.fromCodePoint(Number.parseInt(hex, 16))
        : decimal
          ? String.fromCodePoint(Number(decimal))
          : (ENTITIES[entity] ?? whole),
    ),
  )

const bytesOf = (body: Uint8Array | string): Uint8Array => (typeof body === "string" ? Buffer.from(body) : body)

function queryOf(command: AnyCommand): string | undefined {
  if (!(command instanceof ListObjectsV2Command)) return undefined
  const { Prefix, MaxKeys, ContinuationToken } = command.input
  const parameters = { "continuation-token": ContinuationToken, "list-type": "2", "max-keys": MaxKeys, prefix: Prefix }
  return Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encoded(String(value))}`)
    .join("&")
}

function outputOf(command: AnyCommand, body: Buffer): object {
  if (command instanceof GetObjectCommand) return { Body: { transformToByteArray: async () => new Uint8Array(body) } }
  if (!(command instanceof ListObjectsV2Command)) return {}
  const xml = body.toString("utf8")
  const Contents = elements(xml, "Key").map((Key) => ({ Key }))
  const [NextContinuationToken] = elements(xml, "NextContinuationToken")
  return { ...(Contents.length > 0 ? { Contents } : {}), ...(NextContinuationToken ? { NextContinuationToken } : {}) }
}

/** Objects by path-style addresses, whole in memory: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
export function objectClient(timeoutMs: number) {
  const { call, destroy } = serviceClient({
    service: "s3",
    timeoutMs,
    firstPauseMs: 50,
    refusalOf({ status, body }) {
      const xml = body.toString("utf8")
      return {
        name: elements(xml, "Code")[0] ?? `Http${status}`,
        message: elements(xml, "Message")[0] ?? `S3 answered ${status}.`,
      }
    },
  })

  return {
    async send<I, O>(command: Command<I, O> & AnyCommand, { abortSignal }: SendOptions = {}): Promise<O> {
      const { input, operation } = command as AnyCommand
      const key = "Key" in input ? input.Key.split("/").map(encoded).join("/") : ""
      const headers: Record<string, string> = {}
      if (command instanceof PutObjectCommand && command.input.ContentType) headers["content-type"] = command.input.ContentType
      if (command instanceof GetObjectCommand && command.input.Range) headers.range = command.input.Range
      const body = command instanceof PutObjectCommand ? bytesOf(command.input.Body) : undefined
      const answer = await call({
        method: METHODS[operation],
        path: `/${input.Bucket}/${key}`,
        query: queryOf(command as AnyCommand),
        headers,
        body,
        bodyHash: hashOf(body ?? ""),
        signal: abortSignal,
      })
      return outputOf(command as AnyCommand, answer.body) as O
    },
    destroy,
  }
}

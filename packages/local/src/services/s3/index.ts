import { AwsError, type AwsResponse, type Cloud, type Service } from "../../service.ts"
import { bucketsOf, type Fauxqs, startFauxqs } from "../fauxqs.ts"
import { TYPES } from "./bucket-types.ts"
import { fromEngine, toEngine } from "./headers.ts"
import { authorize, targetOf } from "./operations.ts"
import { refuseExpired } from "./presigned.ts"

/** fauxqs takes no larger body. */
const MAX_OBJECT_BYTES = 11 * 1_048_576

/** Request units as S3 prices them: PUT-like and GET-like requests. */
const unitsOf = (method: string, sent: number, received: number): Record<string, number> =>
  method === "GET" || method === "HEAD"
    ? { gets: 1, bytes: received }
    : method === "DELETE"
      ? { deletes: 1 }
      : { puts: 1, bytes: sent }

/** S3 on fauxqs: path-style and presigned requests, metadata, ranges, multipart; in memory. */
export function s3(): Service {
  let engine: Fauxqs | undefined
  let starting: Promise<Fauxqs> | undefined
  const ready = async (cloud: Cloud) => (engine ??= await (starting ??= startFauxqs(cloud.region)))

  return {
    names: ["s3"],
    protocol: "rest-xml",
    types: TYPES,
    start: async (cloud) => void (await ready(cloud)),
    authorize,
    async handle(request, operation, cloud): Promise<AwsResponse> {
      refuseExpired(request.url.searchParams, cloud.now())
      if (request.body.length > MAX_OBJECT_BYTES)
        throw new AwsError(
          "EntityTooLarge",
          `The local cloud takes objects and parts up to ${MAX_OBJECT_BYTES} bytes; use a multipart upload.`,
        )
      const { path, key } = targetOf(request)
      const running = await ready(cloud)
      const body = request.method === "GET" || request.method === "HEAD" ? undefined : request.body
      const answer = await running.send({
        method: request.method,
        path: path + request.url.search,
        headers: toEngine(request.headers),
        body,
      })
      if (answer.status === 500) throw new Error(answer.body.toString("utf8"))
      const isObject = key !== "" && (operation === "GetObject" || operation === "HeadObject")
      return {
        status: operation === "DeleteObject" || operation === "AbortMultipartUpload" ? noContent(answer.status) : answer.status,
        headers: {
          ...fromEngine(answer.headers ?? {}, request.url.searchParams, isObject && answer.status < 300),
          "x-amz-request-id": request.requestId,
        },
        body: answer.body,
        units: unitsOf(request.method, request.body.length, answer.body.length),
      }
    },
    state: () => engine && [...bucketsOf(engine.stores.s3Store)].map(([name, objects]) => ({ name, objects: objects.size })),
    async stop() {
      await engine?.stop()
      engine = undefined
    },
  }
}

/** Deletions answer 204. */
const noContent = (status: number) => (status === 200 ? 204 : status)

import { join } from "node:path"
import { AwsError, type AwsRequest, type AwsResponse, type Cloud, type Service } from "../../service.ts"
import { corsHeaders, preflight } from "./cors.ts"
import { keepSweeping } from "./lifecycle/sweep.ts"
import { Notifier } from "./notifications/notifier.ts"
import { type Call, isAnonymous } from "./operations/operation.ts"
import { type Running, types } from "./resource-types.ts"
import { OPERATIONS, operationOf } from "./route.ts"
import { mayAnyone } from "./signing/anonymous.ts"
import { checkPresigned, hoisted } from "./signing/presigned.ts"
import { Store } from "./storage/store.ts"
import { checkHeaders, headerValue } from "./wire/description.ts"
import { denied, errorResponse } from "./wire/error.ts"
import { targetOf } from "./wire/target.ts"

/** What the call log counts: one request of its price tier, and the bytes of objects both ways. */
function unitsOf(tier: "put" | "get" | "free", request: AwsRequest, { units }: AwsResponse): Record<string, number> {
  const bytesIn = request.method === "PUT" || request.method === "POST" ? request.body.length : 0
  return { ...(tier !== "free" && { [tier]: 1 }), ...(bytesIn > 0 && { bytesIn }), ...units }
}

/** S3: objects as files (small ones in memory without a data folder), an index in memory with a journal, events, lifecycle, signed URLs and forms. */
export function s3(): Service {
  let running: Running | undefined
  let stopSweeping = () => {}

  const open = (cloud: Cloud): Running => {
    if (running) return running
    const store = new Store(cloud.data && join(cloud.data, "s3"))
    running = { store, notifier: new Notifier(store, cloud) }
    stopSweeping = keepSweeping({ ...running, cloud })
    return running
  }

  const callOf = (request: AwsRequest, cloud: Cloud): Call => {
    const query = request.url.searchParams
    const headers = { ...request.headers, ...hoisted(query) }
    return { request, target: targetOf(request), query, headers, cloud, ...open(cloud) }
  }

  return {
    names: ["s3"],
    operations: Object.keys(OPERATIONS),
    protocol: "rest-xml",
    types: types(open),
    start: async (cloud) => void open(cloud),

    authorize(request, cloud) {
      const call = callOf(request, cloud)
      const operation = operationOf({ ...request, headers: { ...call.headers } }, call.target)
      checkPresigned(request, cloud)
      checkHeaders(call.headers, cloud.account)
      const access = OPERATIONS[operation]!.access(call)
      if (!isAnonymous(request)) return { operation, access }
      // Nobody's policies are asked: the bucket's own must let everyone in.
      if (!mayAnyone(cloud, call.store.buckets.get(call.target.bucket), access)) throw denied()
      return { operation, access: [] }
    },

    async handle(request, operation, cloud) {
      const call = callOf(request, cloud)
      const { run, tier } = OPERATIONS[operation]!
      let response: AwsResponse
      try {
        response = await run(call)
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        response = errorResponse(error, request)
      }
      const headers = Object.entries({
        ...response.headers,
        "x-amz-request-id": request.requestId,
        "x-amz-id-2": request.requestId,
      })
      return {
        ...response,
        headers: Object.fromEntries(headers.map(([name, value]) => [name, headerValue(value)])),
        units: unitsOf(tier, request, response),
      }
    },

    browser: {
      preflight(request, cloud) {
        const call = callOf(request, cloud)
        const bucket = call.store.buckets.get(call.target.bucket)
        try {
          return { status: 200, headers: preflight(bucket, request.headers) }
        } catch (error) {
          if (error instanceof AwsError) return errorResponse(error, request)
          throw error
        }
      },
      headers(request, cloud) {
        const call = callOf(request, cloud)
        return corsHeaders(call.store.buckets.get(call.target.bucket), request.method, request.headers)
      },
    },

    state: () =>
      running &&
      [...running.store.buckets.values()].map(({ name, objects, bytes, uploads }) => ({
        name,
        objects,
        bytes,
        uploads: uploads.size,
      })),

    async stop() {
      stopSweeping()
      await running?.notifier.stop()
      await running?.store.close()
      running = undefined
    },
  }
}

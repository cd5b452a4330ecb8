import type { AwsResponse } from "../../../service.ts"
import { readPayload } from "../wire/payload.ts"
import { readTaggingXml } from "../wire/tagging.ts"
import { readXml } from "../wire/xml.ts"
import { readable } from "./get-object.ts"
import {
  bucketOf,
  type Call,
  contextOf,
  objectArn,
  type Operation,
  tagContext,
  versionedAction,
  versionHeader,
} from "./operation.ts"

/** Gives an object other tags; it stays the version it is. */
export function retag(call: Call, tags: Record<string, string> | undefined, event: string, status: number): AwsResponse {
  const bucket = bucketOf(call)
  const { tags: _, ...version } = readable(call, bucket)
  const tagged = { ...version, ...(tags && { tags }) }
  const change = { event, reason: "", version: tagged, at: call.cloud.now(), seq: version.seq, request: call.request }
  call.notifier.commit(bucket, [{ do: "put", bucket: bucket.name, version: tagged }], [change])
  return { status, headers: versionHeader(bucket, version) }
}

const tagsOf = (call: Call): Record<string, string> => readTaggingXml(readXml(readPayload(call.request.body, call.headers).bytes))

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html */
export const PutObjectTagging: Operation = {
  tier: "put",
  access: (call) => [
    {
      action: versionedAction(call, "s3:PutObjectTagging", "s3:PutObjectVersionTagging"),
      resource: objectArn(call),
      context: { ...contextOf(call), ...tagContext(tagsOf(call)) },
    },
  ],
  run: (call) => retag(call, tagsOf(call), "s3:ObjectTagging:Put", 200),
}

import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3"
import { createTestCloud } from "../../src/endpoint/test-cloud.ts"
import type { Statement } from "../../src/iam/index.ts"
import type { Service } from "../../src/service.ts"
import { s3 } from "../../src/services/s3/index.ts"

export interface S3CloudOptions {
  /** Properties of the bucket `lake`, beside its name. */
  bucket?: Record<string, unknown>
  resources?: Record<string, { type: string; properties?: Record<string, any> }>
  functions?: Readonly<Record<string, readonly Statement[]>>
  services?: Service[]
  now?(): number
  data?: string
}

/** S3 behind the real endpoint, with the bucket `lake`. */
export async function s3Cloud({ bucket = {}, resources = {}, services = [], ...rest }: S3CloudOptions = {}) {
  const service = s3()
  const running = await createTestCloud({
    services: [service, ...services],
    resources: { Lake: { type: "AWS::S3::Bucket", properties: { BucketName: "lake", ...bucket } }, ...resources },
    ...rest,
  })
  const client = (name?: string, config: S3ClientConfig = {}) =>
    new S3Client({ ...running.as(name), forcePathStyle: true, maxAttempts: 1, ...config })
  return {
    ...running,
    service,
    client,
    /** A request as a program without SDK sends it, signed (by its key id alone) as the administrator. */
    raw: (method: string, path: string, headers: Record<string, string> = {}, body?: BodyInit) =>
      fetch(running.awsUrl + path, {
        method,
        body,
        headers: {
          authorization:
            "AWS4-HMAC-SHA256 Credential=AKIAADMIN/20300101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
          ...headers,
        },
      }),
  }
}

/** The error that a call must end with. */
export async function refusal(promise: Promise<unknown>): Promise<any> {
  const result = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (result === undefined) throw new Error("it was allowed")
  return result
}

export const allow = (Action: string | string[], Resource: string | string[], extra: Partial<Statement> = {}): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
  ...extra,
})

export const textOf = async (answer: { Body?: { transformToString(): Promise<string> } }): Promise<string> =>
  answer.Body!.transformToString()

import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  type DescribeStatementCommandOutput,
  RedshiftDataClient,
} from "@aws-sdk/client-redshift-data"
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3"
import { parquetWriteBuffer } from "hyparquet-writer"
import { afterEach, expect, test } from "vitest"
import { createTestCloud } from "../src/endpoint/test-cloud.ts"
import type { Statement } from "../src/iam/index.ts"
import { redshiftData } from "../src/services/redshift-data/index.ts"
import { s3 } from "../src/services/s3/index.ts"

const ROLE = "arn:aws:iam::123456789012:role/copy"
const READ: Statement = { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/events/*" }
const MANIFEST: Statement = {
  Sid: "Manifest",
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::lake/manifests/*",
}
const LIST: Statement = { Sid: "List", Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::lake" }

let cloud: Awaited<ReturnType<typeof createTestCloud>>
afterEach(() => cloud.stop())

/** A warehouse whose default role has these statements, and one Parquet file with a manifest in its lake. */
async function warehouse(...Statement: Statement[]) {
  const namespace = { NamespaceName: "house", DbName: "house", DefaultIamRoleArn: ROLE, IamRoles: [ROLE] }
  const Policies = [{ PolicyName: "reader", PolicyDocument: { Version: "2012-10-17", Statement } }]
  cloud = await createTestCloud({
    services: [s3(), redshiftData()],
    resources: {
      Lake: { type: "AWS::S3::Bucket", properties: { BucketName: "lake" } },
      CopyRole: { type: "AWS::IAM::Role", properties: { RoleName: "copy", Policies } },
      Namespace: { type: "AWS::RedshiftServerless::Namespace", properties: namespace },
      Workgroup: { type: "AWS::RedshiftServerless::Workgroup", properties: { WorkgroupName: "house", NamespaceName: "house" } },
    },
  })
  const bucket = new S3Client({ ...cloud.as(), forcePathStyle: true })
  const file = Buffer.from(parquetWriteBuffer({ columnData: [{ name: "n", data: [1n, 2n, 3n], type: "INT64" }] }))
  const entries = [{ url: "s3://lake/events/a.parquet", mandatory: true, meta: { content_length: file.length } }]
  await bucket.send(new PutObjectCommand({ Bucket: "lake", Key: "events/a.parquet", Body: file }))
  await bucket.send(new PutObjectCommand({ Bucket: "lake", Key: "manifests/1", Body: JSON.stringify({ entries }) }))
  const client = new RedshiftDataClient(cloud.as())
  return async (Sql: string): Promise<DescribeStatementCommandOutput> => {
    const { Id } = await client.send(new ExecuteStatementCommand({ WorkgroupName: "house", Database: "house", Sql }))
    for (;;) {
      const described = await client.send(new DescribeStatementCommand({ Id }))
      if (["FINISHED", "FAILED", "ABORTED"].includes(described.Status!)) return described
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

const copy = "COPY t FROM 's3://lake/manifests/1' IAM_ROLE default FORMAT AS PARQUET MANIFEST"
const lastOf = (service: string) => cloud.calls.since(0).findLast((call) => call.service === service && call.caller === "copy")

test("COPY reads S3 as the namespace's default role, and the call log says by which statement", async () => {
  const run = await warehouse(READ, MANIFEST, LIST)
  await run("CREATE TABLE t (n BIGINT)")
  const { Status, ResultRows, Error } = await run(copy)
  expect({ Status, Error }).toEqual({ Status: "FINISHED", Error: undefined })
  expect(ResultRows).toBe(3)
  expect(lastOf("s3")).toMatchObject({
    role: ROLE,
    access: [{ action: "s3:GetObject", resource: "arn:aws:s3:::lake/events/a.parquet", statement: "reader#Read" }],
  })
})

test.each([
  ["s3:GetObject on the objects", [MANIFEST, LIST], "s3:GetObject", "lake/events/a.parquet"],
  ["s3:GetObject on the manifest", [READ, LIST], "s3:GetObject", "lake/manifests/1"],
  ["s3:ListBucket", [READ, MANIFEST], "s3:ListBucket", "lake"],
])("without %s COPY fails as Redshift does when S3 refuses", async (_, statements, action, resource) => {
  const run = await warehouse(...statements)
  await run("CREATE TABLE t (n BIGINT)")
  const { Status, Error } = await run(copy)
  expect(Status).toBe("FAILED")
  expect(Error).toMatch(/^ERROR: S3ServiceException:.*,Status 403,Error AccessDenied,Rid [^,]+,ExtRid [^,]+,CanRetry 1\n/)
  expect(Error).toContain(
    `User: arn:aws:sts::123456789012:assumed-role/copy/RedshiftIamRoleSession is not authorized to perform: ${action} on resource: arn:aws:s3:::${resource} because no identity-based policy allows the ${action} action`,
  )
})

test("a role that is not the namespace's reads nothing", async () => {
  const run = await warehouse(READ, MANIFEST, LIST)
  await run("CREATE TABLE t (n BIGINT)")
  const { Error } = await run(copy.replace("default", "'arn:aws:iam::123456789012:role/other'"))
  expect(Error).toContain("is not authorized to assume IAM Role arn:aws:iam::123456789012:role/other")
  expect(lastOf("s3")).toBeUndefined()
})

import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb"
import { startProduct } from "../packages/start/src/product.ts"
import { decide } from "../packages/cloud/src/endpoint/access.ts"
import { compileResourcePolicies, compileRoles } from "../packages/cloud/src/iam/index.ts"
import type { Caller } from "../packages/cloud/src/service.ts"
import { median, type Report } from "./table.ts"

interface Asked {
  caller: Caller
  action: string
  resource: string
}

/** Checks that are timed together: one alone is shorter than the clock's grain. */
const BATCH = 100

/** Median microseconds of one check, over batches of what `next` gives. */
function timed(batches: number, check: (n: number) => void): number {
  const samples: number[] = []
  for (let batch = 0, n = 0; batch < batches; batch++) {
    const started = performance.now()
    for (const end = n + BATCH; n < end; n++) check(n)
    samples.push(((performance.now() - started) * 1_000) / BATCH)
  }
  return median(samples)
}

/** What IAM costs: one decision with the product's own roles and resource policies, and its share of an SDK call over loopback. */
export async function iam({ full }: { full: boolean }): Promise<Report> {
  const batches = full ? 20_000 : 2_000
  const local = await startProduct({ root: process.cwd(), port: 0, explicitPort: false, say() {}, log() {} })
  try {
    const { cloud } = local
    const headers = { authorization: `Bearer ${await local.token()}` }
    for (const path of ["/health?deep=1", "/ingest/progress", "/conversations", "/me"])
      await fetch(`${local.addresses.http}${path}`, { headers })
    const resources = cloud.resources()
    const roles = compileRoles(resources)
    const resourcePolicies = compileResourcePolicies(resources)

    /** What functions really asked while the cloud booted and answered. */
    const asked: Asked[] = cloud.calls
      .since(0, 20_000)
      .filter(({ role }) => role !== undefined)
      .flatMap(({ caller, role, access }) =>
        access.map(({ action, resource }) => ({
          caller: { kind: "function" as const, accessKeyId: "A", functionName: caller, roleArn: role },
          action,
          resource,
        })),
      )
    if (asked.length === 0) throw new Error("No function asked for anything, so there is nothing to measure.")
    const ask = ({ caller, action, resource }: Asked) =>
      decide([{ action, resource }], { caller, headers: {} }, { roles, resourcePolicies }, cloud)
    const bucket = cloud.resources("AWS::S3::Bucket")[0]!.identity.arn!
    const writer = asked.find(({ action }) => action.startsWith("s3:")) ?? asked[0]!
    const cached = timed(batches, (n) => ask(asked[n % asked.length]!))
    /** Keys of objects are new each time, and the bucket's policy asks for TLS: nothing can be remembered. */
    const fresh = timed(batches, (n) => ask({ ...writer, action: "s3:GetObject", resource: `${bucket}/events/${n}` }))

    const TableName = cloud.resources("AWS::DynamoDB::Table")[0]!.identity.ref
    const client = new DynamoDBClient({
      endpoint: cloud.awsUrl,
      region: cloud.region,
      credentials: { accessKeyId: "ADMINISTRATOR", secretAccessKey: "unused" },
    })
    const calls: number[] = []
    for (let n = 0; n < 500; n++) {
      const started = performance.now()
      await client.send(new GetItemCommand({ TableName, Key: { pk: { S: `${n}` }, sk: { S: "x" } } }))
      calls.push((performance.now() - started) * 1_000)
    }
    client.destroy()
    const call = median(calls.slice(100))
    return {
      bench: "iam",
      figures: { cached_us: cached, fresh_us: fresh, sdk_call_us: call, share_percent: (Math.max(cached, fresh) / call) * 100 },
      goals: { cached_us: { max: 5 }, fresh_us: { max: 5 }, share_percent: { max: 1 } },
      notes: {
        cached_us: `median of ${batches * BATCH} decisions that functions asked for (${asked.length} different calls)`,
        fresh_us: "median of decisions on a new object each time, with the bucket's policy and its condition",
        sdk_call_us: "median of a GetItem by the SDK over loopback",
        share_percent: "the dearer of the two decisions, as a part of that call",
      },
    }
  } finally {
    await local.stop()
  }
}

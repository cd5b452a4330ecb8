// Writes objects as fast as it can until it is killed: node scripts/run.mjs packages/cloud/test/support/s3-writer.ts <folder> <run>
import { createHash } from "node:crypto"
import { writeSync } from "node:fs"
import { createTestCloud } from "../../src/endpoint/test-cloud.ts"
import { s3 } from "../../src/services/s3/index.ts"

const [, , data, run] = process.argv
const { cloud } = await createTestCloud({ services: [s3()], data })
await cloud.call({ service: "s3", method: "PUT", path: "/lake" })

/** Bytes that tell which object they are of, of sizes on both sides of every threshold. */
const bodyOf = (key: string, n: number) => Buffer.alloc([0, 10, 5_000, 300_000, 1_200_000][n % 5]!, key)

for (let n = 0; ; n++) {
  // Half of the keys are written again and again, and some of those are deleted.
  const key = n % 2 === 0 ? `run-${run}/${n}` : `again-${n % 10}`
  const body = bodyOf(`${key} ${run} ${n} `, n)
  const path = `/lake/${key}`
  const isDeletion = n % 20 === 19
  // What was begun but not acknowledged may be there or not; what was acknowledged must be.
  const hash = isDeletion ? "none" : createHash("md5").update(body).digest("hex")
  writeSync(1, `begin ${key} ${hash}\n`)
  const answer = await cloud.call({ service: "s3", method: isDeletion ? "DELETE" : "PUT", path, body })
  if (answer.status >= 300) throw new Error(answer.body.toString())
  writeSync(1, `done ${key} ${hash}\n`)
}

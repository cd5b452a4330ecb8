import { GetObjectCommand } from "../s3/index.ts"
import { s3 } from "../aws.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { type Refused, refusedOf } from "../lake/quarantine.ts"
import type { Entry } from "./table.ts"

/** The records of one object of quarantine, in the order of their lines. */
export async function recordsOf({ key }: Pick<Entry, "key">): Promise<Refused[]> {
  try {
    const { Body } = await s3().send(new GetObjectCommand({ Bucket: config("LAKE_BUCKET"), Key: key }))
    return refusedOf(await Body.transformToByteArray())
  } catch (cause) {
    throw new AppError("unavailable", "unavailable.lake", "The lake did not give the quarantined records. Try again.", { cause })
  }
}

import { s3 } from "../aws.ts"
import { config } from "../config.ts"
import { Recent } from "../recent.ts"
import { GetObjectCommand, PutObjectCommand } from "../s3/index.ts"
import { Artifact } from "./artifact.ts"

const keyOf = (version: string): string => `models/tickets/${version}.json`

/** The same version is the same data: two that write it at once write the same but for the time. */
export async function keep(artifact: Artifact): Promise<void> {
  await s3().send(
    new PutObjectCommand({
      Bucket: config("MODEL_BUCKET"),
      Key: keyOf(artifact.version),
      Body: JSON.stringify(artifact),
      ContentType: "application/json",
    }),
  )
}

/** Artifacts never change, so a function keeps those it has read: the one that answers and, after a promotion, the next. */
const read = new Recent<Promise<Artifact>>(3)

async function fetchArtifact(version: string): Promise<Artifact> {
  const { Body } = await s3().send(new GetObjectCommand({ Bucket: config("MODEL_BUCKET"), Key: keyOf(version) }))
  return Artifact.parse(JSON.parse(Buffer.from(await Body.transformToByteArray()).toString("utf8")))
}

/** The artifact of a version, from memory where it was read before. */
export function artifactOf(version: string): Promise<Artifact> {
  const known = read.get(version)
  if (known) return known
  const started = fetchArtifact(version)
  read.set(version, started)
  started.catch(() => read.delete(version))
  return started
}

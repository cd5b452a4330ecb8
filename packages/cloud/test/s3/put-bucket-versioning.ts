import { GetBucketVersioningCommand, PutBucketVersioningCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { s3Cloud } from "../support/s3-cloud.ts"

describe("PutBucketVersioning", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud()
  })
  afterAll(() => cloud?.stop())

  test("versions are kept from the moment it is enabled, and no new ones once it is suspended", async () => {
    const admin = cloud.client()
    const set = (Status: any) =>
      admin.send(new PutBucketVersioningCommand({ Bucket: "lake", VersioningConfiguration: { Status } }))
    const id = async () => (await admin.send(new PutObjectCommand({ Bucket: "lake", Key: "k", Body: "x" }))).VersionId
    expect(await id()).toBeUndefined()
    await set("Enabled")
    expect(await id()).toHaveLength(32)
    await set("Suspended")
    expect(await id()).toBe("null")
    expect((await admin.send(new GetBucketVersioningCommand({ Bucket: "lake" }))).Status).toBe("Suspended")
    const raw = (body: string) => cloud.raw("PUT", "/lake?versioning", {}, body)
    expect(await (await raw("<VersioningConfiguration/>")).text()).toContain("IllegalVersioningConfigurationException")
    expect(
      await (await raw("<VersioningConfiguration><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>")).text(),
    ).toContain("NOT_SIMULATED: s3: element VersioningConfiguration.MfaDelete")
    expect(await (await raw("<VersioningConfiguration>")).text()).toContain("MalformedXML")
  })
})

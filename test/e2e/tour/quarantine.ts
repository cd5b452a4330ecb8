import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis"
import { expect, it } from "vitest"
import { until } from "../product.ts"
import { clientOf, resourceOf, settled } from "../support/cloud.ts"
import type { World } from "./world.ts"

/** Everything that may be done with a record that is no event. */
export function quarantine({ local, person }: World): void {
  it("mends one broken record of each stream, and discards another", async () => {
    const ask = (path: string, body?: unknown) => person(0)(path, body)
    const client = new KinesisClient(clientOf(local()))
    for (const stream of ["ConcertStream", "ArtistStream", "VenueStream"]) {
      const StreamName = resourceOf(local(), "AWS::Kinesis::Stream", stream).identity.ref
      const Records = ["nonsense", "more of it"].map((text) => ({ PartitionKey: "k", Data: Buffer.from(text) }))
      await client.send(new PutRecordsCommand({ StreamName, Records }))
    }
    client.destroy()
    const waiting = async (): Promise<{ id: string; stream: string; text: string }[]> =>
      (await ask("/quarantine?limit=100")).body.items
    await until("six records wait", async () => (await waiting()).length === 6)
    const mended = {
      Concert: { type: "concert.viewed", data: { concertId: "c1" } },
      Artist: { type: "artist.upserted", data: { artistId: "a1", name: "An artist" } },
      Venue: { type: "venue.upserted", data: { venueId: "v1", name: "A hall", city: "Basel" } },
    }
    for (const { id, stream, text } of await waiting()) {
      expect((await ask(`/quarantine/${id}`)).body.problem.code).toBe("input.json")
      const [name, event] = Object.entries(mended).find(([kind]) => stream.includes(kind))!
      const sent = { id: `mended-${name}`, at: 1_750_000_000_000, v: 1, ...event }
      const { status, body } =
        text === "nonsense"
          ? await ask(`/quarantine/${id}/resubmit`, { event: sent })
          : await ask(`/quarantine/${id}/discard`, {})
      expect([status, body.state]).toEqual([200, text === "nonsense" ? "resubmitted" : "discarded"])
    }
    expect(await waiting()).toEqual([])
    await settled(local())
  })
}

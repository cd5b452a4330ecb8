import { expect, it } from "vitest"
import { until } from "../product.ts"
import { settled } from "../support/cloud.ts"
import type { World } from "./world.ts"

/** Learns tastes, asks for recommendations and answers them, often enough that old versions go. */
export function recommendations({ local, person }: World): void {
  const ask: ReturnType<World["person"]> = (...call) => person(0)(...call)
  const DAY = 86_400_000

  it("recommends what is to come by one's own taste, and not what was sent away", async () => {
    const { id } = (await ask("/me")).body
    const at = local().cloud.clock.now() - 1_000
    const event = (type: string, name: string, data: object) => ({ id: `r-${name}`, type, at, v: 1, data })
    const coming = (n: number) => ({
      concertId: `coming-${n}`,
      venueId: "v1",
      artistId: "loved",
      title: `To come ${n}`,
      date: new Date(at + n * DAY).toISOString().slice(0, 10),
    })
    const { body } = await ask("/events", {
      events: [
        event("artist.upserted", "0", { artistId: "loved", name: "Who is loved" }),
        event("concert.upserted", "1", coming(20)),
        event("concert.upserted", "2", coming(30)),
        event("artist.followed", "3", { artistId: "loved", followerId: id, following: true }),
        event("concert.viewed", "4", { concertId: "coming-20", viewerId: id }),
      ],
    })
    expect(body.accepted).toBe(5)
    const list = async () => (await ask("/recommendations?limit=5")).body
    const trained = async (before: number | null, n: number) => {
      await ask("/events", { events: [event("concert.upserted", `again-${n}`, { ...coming(20), title: `To come, again ${n}` })] })
      await settled(local())
      // The pause of the stage; few steps, since tokens end with the hour.
      for (let step = 0; step < 5; step++) {
        local().cloud.clock.advance(61_000)
        const found = await until(
          "tastes are learned again",
          async () => {
            const answer = await list()
            return answer.strategy === "personal" && answer.trainedAt !== before ? answer : undefined
          },
          8_000,
          500,
        ).catch(() => undefined)
        if (found) return found
      }
      throw new Error(`Tastes were not learned again after ${String(before)}: ${JSON.stringify(await list()).slice(0, 500)}`)
    }
    let answer = await trained(null, 0)
    // What others of this tour told may follow.
    const first = answer.items.slice(0, 2).map(({ concertId }: { concertId: string }) => concertId)
    expect(first.sort()).toEqual(["coming-20", "coming-30"])
    expect(answer.items[0].reasons[0]).toMatchObject({ kind: "follow", artistId: "loved" })
    // The version before the last is deleted by the third.
    for (const n of [1, 2, 3]) answer = await trained(answer.trainedAt, n)
    // Nobody has asked who this is for a minute, so the route does itself.
    local().cloud.clock.advance(61_000)
    const items = [{ concertId: "coming-30", kind: "dismissed" }]
    for (let n = 0; n < 2; n++) expect((await ask("/recommendations/feedback", { items })).body).toEqual({ accepted: 1 })
    const left = (await list()).items.map(({ concertId }: { concertId: string }) => concertId)
    expect([left[0], left.includes("coming-30")]).toEqual(["coming-20", false])
  })
}

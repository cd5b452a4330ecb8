import { expect, it } from "vitest"
import { until } from "../product.ts"
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
      artistId: "a1",
      title: `To come ${n}`,
      date: new Date(at + n * DAY).toISOString().slice(0, 10),
    })
    const { body } = await ask("/events", {
      events: [
        event("concert.upserted", "1", coming(20)),
        event("concert.upserted", "2", coming(30)),
        event("artist.followed", "3", { artistId: "a1", followerId: id, following: true }),
        event("concert.viewed", "4", { concertId: "coming-20", viewerId: id }),
      ],
    })
    expect(body.accepted).toBe(4)
    const list = async () => (await ask("/recommendations?limit=5")).body
    const trained = async (before: number | null, n: number) => {
      // Something new, and the pause of the stage.
      await ask("/events", { events: [event("concert.upserted", `again-${n}`, { ...coming(20), title: `To come, again ${n}` })] })
      return until("tastes are learned again", async () => {
        local().cloud.clock.advance(60_000)
        const answer = await list()
        return answer.strategy === "personal" && answer.trainedAt !== before ? answer : undefined
      })
    }
    let answer = await trained(null, 0)
    expect(answer.items.map(({ concertId }: { concertId: string }) => concertId).sort()).toEqual(["coming-20", "coming-30"])
    expect(answer.items[0].reasons[0]).toMatchObject({ kind: "follow", artistId: "a1" })
    // The version before the last is deleted by the third.
    for (const n of [1, 2, 3]) answer = await trained(answer.trainedAt, n)
    const items = [{ concertId: "coming-30", kind: "dismissed" }]
    for (let n = 0; n < 2; n++) expect((await ask("/recommendations/feedback", { items })).body).toEqual({ accepted: 1 })
    expect((await list()).items.map(({ concertId }: { concertId: string }) => concertId)).toEqual(["coming-20"])
  })
}

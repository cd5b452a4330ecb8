import { expect, it } from "vitest"
import type { EventInput } from "../../../packages/core/src/event/index.ts"
import { eventsOf } from "../../../packages/core/src/prediction/testing/events.ts"
import { trueSeason } from "../../../packages/core/src/prediction/testing/truth.ts"
import { until } from "../product.ts"
import { resourceOf } from "../support/cloud.ts"
import { told } from "../support/told.ts"
import type { World } from "./world.ts"

const DAY_MS = 86_400_000

/** A model is trained, answers, and is rolled back; what the schedule calls trains too. */
export function predictions({ local, person }: World): void {
  it("trains on a season, predicts, trains again on more and goes back", async () => {
    const ask = person(0)
    const now = local().cloud.clock.now()
    const season = trueSeason({ seed: 5, concerts: 120, artists: 12, venues: 6, days: 300, endsAt: now + 60 * DAY_MS })
    const tell = (events: EventInput[]) => told({ http: local().addresses.http, token: () => local().token() }, events)
    const recorded = eventsOf(season).filter((event) => event.at <= now)
    await tell(recorded.filter((event) => !event.id.includes("-0-")))
    const coming = season.find(({ startsAt }) => startsAt > now + 5 * DAY_MS)!
    expect((await ask("/predictions/tickets", { concertId: coming.concertId })).body.code).toBe("unavailable.model_not_trained")

    const trainer = resourceOf(local(), "AWS::Lambda::Function", "TrainModels").identity.ref
    expect((await local().cloud.lambda.invoke(trainer, {})).payload).toMatchObject({ outcome: "promoted" })
    const said = await ask("/predictions/tickets", { concertId: coming.concertId })
    expect([said.status, said.body.seats]).toEqual([200, coming.capacity])
    const { artistId, venueId } = coming
    const thought = { artistId, venueId, startsAt: now + 30 * DAY_MS, priceCents: 4_000 }
    expect((await ask("/predictions/tickets", thought)).status).toBe(200)

    await tell(recorded.filter((event) => event.id.includes("-0-")))
    expect((await ask("/models/train", {})).status).toBe(200)
    const { body } = await until("there are two models", async () => {
      const models = await ask("/models")
      return models.body.items.length === 2 ? models : undefined
    })
    const other = body.items.find(({ isCurrent }: { isCurrent: boolean }) => !isCurrent)
    expect((await ask("/models/rollback", { version: other.version })).body).toEqual({
      current: other.version,
      before: body.current,
    })
    expect((await person(1)("/models/train", {})).body.code).toBe("forbidden.role")
  })
}

import type * as Conversation from "@backline/core/conversation"
import type * as Recommendation from "@backline/core/recommendation"
import type * as Room from "@backline/core/room"
import type * as Run from "@backline/core/run"
import type * as Venue from "@backline/core/venue"
import { expectTypeOf, test } from "vitest"
import type { Actions } from "./actions.ts"
import type { Message, Person, PopularityResult, Recommendations, RoomJoined, RunEvent, RunState } from "./wire.ts"

/** JSON keeps no class and no brand: rows are cells, ids are text. Held by `npm run check`, which type-checks this file. */
test("what the service stores and sends is what this client says it reads", () => {
  type Rowless<T> = T extends { kind: "receipt" } ? Omit<T, "receipt"> & { receipt: Omit<Run.Receipt, "rows"> } : T
  expectTypeOf<Rowless<Run.RunEvent>>().toExtend<Rowless<RunEvent>>()
  expectTypeOf<Omit<Conversation.Message, "receipts">>().toExtend<Omit<Message, "receipts">>()
  expectTypeOf<Conversation.Info["title"]>().toExtend<string>()
  expectTypeOf<Venue.Popularity>().toExtend<PopularityResult>()
  expectTypeOf<Recommendation.Answer>().toExtend<Recommendations>()
  expectTypeOf<Conversation.Message["state"]>().toExtend<RunState>()
  type Said = Parameters<typeof Room.call>[0]
  expectTypeOf<Actions["room.call"]["takes"]>().toExtend<Omit<Said, "connectionId">>()
  type Joined = Awaited<ReturnType<typeof Room.join>>
  expectTypeOf<Joined["call"]>().toExtend<Person[]>()
  expectTypeOf<Joined["call"]>().toExtend<NonNullable<RoomJoined["call"]>>()
})

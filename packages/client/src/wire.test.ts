import type * as Concert from "@backline/core/concert"
import type * as Conversation from "@backline/core/conversation"
import type * as Prediction from "@backline/core/prediction"
import type * as Recommendation from "@backline/core/recommendation"
import type * as Room from "@backline/core/room"
import type * as Run from "@backline/core/run"
import type * as Sales from "@backline/core/sales"
import type * as Venue from "@backline/core/venue"
import { expectTypeOf, test } from "vitest"
import type { Actions } from "./actions.ts"
import type {
  ConcertFigures,
  ConcertSummary,
  FreshnessResult,
  Message,
  Models,
  Person,
  PopularityResult,
  Prediction as Said,
  Recommendations,
  RoomJoined,
  RunEvent,
  RunState,
  SalesResult,
  TopResult,
} from "./wire.ts"

/** JSON keeps no class and no brand: rows are cells, ids are text. Held by `npm run check`, which type-checks this file. */
test("what the service stores and sends is what this client says it reads", () => {
  type Rowless<T> = T extends { kind: "receipt" } ? Omit<T, "receipt"> & { receipt: Omit<Run.Receipt, "rows"> } : T
  expectTypeOf<Rowless<Run.RunEvent>>().toExtend<Rowless<RunEvent>>()
  expectTypeOf<Omit<Conversation.Message, "receipts">>().toExtend<Omit<Message, "receipts">>()
  expectTypeOf<Conversation.Info["title"]>().toExtend<string>()
  expectTypeOf<Venue.Popularity>().toExtend<PopularityResult>()
  expectTypeOf<Concert.Info>().toExtend<ConcertSummary>()
  expectTypeOf<Sales.Sales>().toExtend<SalesResult>()
  expectTypeOf<Sales.Top>().toExtend<TopResult>()
  expectTypeOf<Sales.Figures>().toExtend<ConcertFigures>()
  expectTypeOf<Sales.Freshness>().toExtend<FreshnessResult>()
  expectTypeOf<Recommendation.Answer>().toExtend<Recommendations>()
  expectTypeOf<Conversation.Message["state"]>().toExtend<RunState>()
  expectTypeOf<Prediction.Prediction>().toExtend<Said>()
  expectTypeOf<Prediction.Models>().toExtend<Models>()
  type Called = Parameters<typeof Room.call>[0]
  expectTypeOf<Actions["room.call"]["takes"]>().toExtend<Omit<Called, "connectionId">>()
  type Joined = Awaited<ReturnType<typeof Room.join>>
  expectTypeOf<Joined["call"]>().toExtend<Person[]>()
  expectTypeOf<Joined["call"]>().toExtend<NonNullable<RoomJoined["call"]>>()
})

import * as FanOut from "@backline/core/fan-out"
import * as Tap from "@backline/core/tap"
import { onBatch } from "./on-messages.ts"

/** Frames for crowds and busy topics. A post that fails is no failure of its message: frames are hints, and a batch that came back would hold up its topic. */
export const handler = onBatch(FanOut.Work, (works) => Tap.watched(() => FanOut.deliverBatch(works)))

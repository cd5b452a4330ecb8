import { withActor } from "@backline/core/actor"
import { train } from "@backline/core/prediction/train"

/** Every few hours: a model from what ended since, which answers if it is better. */
export const handler = () => withActor({ type: "system" }, () => train({}))

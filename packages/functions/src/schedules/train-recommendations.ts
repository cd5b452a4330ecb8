import { withActor } from "@backline/core/actor"
import * as Recommendation from "@backline/core/recommendation"
import { withRemaining } from "@backline/core/warehouse"
import type { Context } from "aws-lambda"

/** Every minute: learns tastes where there is something new, as rarely as the stage allows. */
export const handler = (_event: unknown, context: Context) =>
  withActor({ type: "system" }, () => withRemaining(() => context.getRemainingTimeInMillis(), Recommendation.train))

import * as Recommendation from "@backline/core/recommendation"
import { http } from "./handler.ts"

/** POST /recommendations/feedback: what was shown, clicked or dismissed; the same again is the same. */
export const handler = http({ run: Recommendation.feedback })

import * as Recommendation from "@backline/core/recommendation"
import { http } from "./handler.ts"

export const handler = http({ run: Recommendation.list })

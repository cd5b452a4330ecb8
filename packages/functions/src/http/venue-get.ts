import * as Venue from "@backline/core/venue"
import { http } from "./handler.ts"

export const handler = http({ run: Venue.get })

import * as Artist from "@backline/core/artist"
import { http } from "./handler.ts"

export const handler = http({ run: Artist.get })

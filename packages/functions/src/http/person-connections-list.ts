import * as Connection from "@backline/core/connection"
import { http } from "./handler.ts"

/** GET /people/{id}/connections?cursor=&limit= */
export const handler = http({
  role: "admin",
  run: ({ id, ...page }: { id: string }) => Connection.list({ ...page, userId: id }),
})

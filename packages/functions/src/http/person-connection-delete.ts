import * as Connection from "@backline/core/connection"
import { http } from "./handler.ts"

/** DELETE /people/{id}/connections/{connectionId} */
export const handler = http({
  role: "admin",
  run: ({ id, connectionId }: { id: string; connectionId: string }) => Connection.closeOne({ userId: id, connectionId }),
})

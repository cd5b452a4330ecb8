import * as Connection from "@backline/core/connection"
import { http } from "./handler.ts"

/** DELETE /people/{id}/connections: closes all of them. Pages open new ones, unless the account is disabled. */
export const handler = http({ role: "admin", run: ({ id }: { id: string }) => Connection.closeAll({ userId: id }) })

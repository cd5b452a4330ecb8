import * as Notice from "@backline/core/notice"
import { http } from "./handler.ts"

/** POST /notices: to everybody who is connected. 202: the sweep of connections posts it, within a minute. */
export const handler = http({ role: "admin", run: Notice.send, status: 202 })

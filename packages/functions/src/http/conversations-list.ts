import * as Conversation from "@backline/core/conversation"
import { http } from "./handler.ts"

export const handler = http({ run: Conversation.list })

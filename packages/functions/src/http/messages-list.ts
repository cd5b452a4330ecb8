import * as Conversation from "@backline/core/conversation"
import { http } from "./handler.ts"

/** GET /conversations/{id}/messages */
export const handler = http({ run: Conversation.messages })

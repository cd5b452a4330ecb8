import * as Conversation from "@backline/core/conversation"
import { http } from "./handler.ts"

/** PATCH /conversations/{id}: `{title}`. */
export const handler = http({ run: Conversation.rename })

import * as Conversation from "@backline/core/conversation"
import { http } from "./handler.ts"

/** An HTTP API gives up at 30 s; the run itself goes on. */
const WAIT_MS = 25_000

/** POST /chat: asks, and waits for the answer; 202 with the run's id where it takes longer. */
export const handler = http({
  run: (input) => Conversation.ask(input, WAIT_MS),
  status: ({ state }) => (state === "queued" || state === "running" ? 202 : 200),
})

import * as Conversation from "@backline/core/conversation"
import * as Run from "@backline/core/run"
import * as z from "zod"
import { action, type Actions, type Post } from "./action.ts"
import { Key } from "@backline/core/text"

const runRef = () => z.object({ run: Key(64) })

/** What a socket may ask of the assistant. */
export const CHAT_ACTIONS: Actions<"chat"> = {
  "chat.send": action(
    () =>
      z.object({
        text: Conversation.Question.shape.text,
        conversation: Conversation.Question.shape.conversationId,
        clientId: Conversation.Question.shape.clientId.unwrap(),
      }),
    async ({ text, conversation, clientId }) => {
      const { conversationId, runId, questionId } = await Conversation.send({ text, conversationId: conversation, clientId })
      return { ack: { conversation: conversationId, run: runId, message: questionId } }
    },
  ),

  /** Events after an offset follow the ack; live ones come to every socket of the person anyway, and clients drop what they have. */
  "chat.resume": action(
    () => runRef().extend({ after: z.number().int().min(0).default(0) }),
    async ({ run: id, after }) => {
      const run = await Run.get({ id })
      await Run.closeIfAbandoned(run)
      return { ack: {}, follow: (post) => replay(run, after, post) }
    },
  ),

  "chat.stop": action(
    () => runRef(),
    async ({ run }) => ({ ack: await Run.stop({ id: run }) }),
  ),
}

async function replay(run: Run.Info, after: number, post: Post): Promise<void> {
  for (let next: number | undefined = after; next !== undefined;) {
    const page: Awaited<ReturnType<typeof Run.log>> = await Run.log(run.runId, next)
    for (const event of page.events) if ((await post(Run.frameOf(run, event))) !== "sent") return
    next = page.next
  }
}

import * as Connection from "@backline/core/connection"
import * as Conversation from "@backline/core/conversation"
import { parse } from "@backline/core/fn"
import * as Run from "@backline/core/run"
import * as z from "zod"
import { action, type ActionContext, type Actions, type Outcome, type Post } from "./action.ts"
import { DOCUMENT_ACTIONS } from "./document-actions.ts"
import { ROOM_ACTIONS } from "./room-actions.ts"
import { TAP_ACTIONS } from "./tap-actions.ts"

const RunRef = z.object({ run: z.string() })

/** What a socket may ask for. */
export const ACTIONS: Actions = {
  ...ROOM_ACTIONS,
  ...DOCUMENT_ACTIONS,
  ...TAP_ACTIONS,

  ping: action(z.object({}), async () => ({ ack: {} })),

  "auth.refresh": action(z.object({ token: z.string() }), async ({ token }, { connectionId, userId }) => ({
    ack: await Connection.refresh({ connectionId, userId, token }),
  })),

  "chat.send": action(
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
  "chat.resume": action(RunRef.extend({ after: z.number().int().min(0).default(0) }), async ({ run: id, after }) => {
    const run = await Run.get({ id })
    await Run.closeIfAbandoned(run)
    return { ack: {}, follow: (post) => replay(run, after, post) }
  }),

  "chat.stop": action(RunRef, async ({ run }) => ({ ack: await Run.stop({ id: run }) })),
}

async function replay(run: Run.Info, after: number, post: Post): Promise<void> {
  for (let next: number | undefined = after; next !== undefined;) {
    const page: Awaited<ReturnType<typeof Run.log>> = await Run.log(run.runId, next)
    for (const event of page.events) if ((await post(Run.frameOf(run, event))) !== "sent") return
    next = page.next
  }
}

/** What an expired session may still do. */
export const RENEWS = "auth.refresh"

/** The action of that name with its input parsed, or undefined. */
export function actionOf(name: unknown, frame: object): ((context: ActionContext) => Promise<Outcome>) | undefined {
  if (typeof name !== "string" || !Object.hasOwn(ACTIONS, name)) return undefined
  const { schema, run } = ACTIONS[name]!
  return (context) => run(parse(schema, frame) as never, context)
}

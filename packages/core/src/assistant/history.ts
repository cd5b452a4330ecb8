import { between, QueryCommand } from "../dynamo/index.ts"
import type { Message as ModelMessage } from "@aws-sdk/client-bedrock-runtime"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { type Message, messageOf, messagesUpTo } from "../conversation/table.ts"
import { HISTORY_CHARACTERS, HISTORY_MESSAGES } from "./limits.ts"

/** The question and what was said before it, oldest first. Later messages are left out, so a second attempt sees what the first one saw. */
export async function before(conversationId: string, questionId: string): Promise<Message[]> {
  const { Items = [] } = await dynamo().send(
    new QueryCommand({
      TableName: config("CONVERSATION_TABLE"),
      ...between(...messagesUpTo(conversationId, questionId)),
      ProjectionExpression: "id, #role, #text, #state",
      ExpressionAttributeNames: { "#role": "role", "#text": "text", "#state": "state" },
      ScanIndexForward: false,
      Limit: HISTORY_MESSAGES,
      ConsistentRead: true,
    }),
  )
  return Items.map(messageOf).toReversed()
}

/**
 * The history as Converse takes it: begins with the user, roles alternate, no blank text. Only what was said goes along, without the tool
 * calls behind it, so no pair of call and result can be split. What is too long loses its oldest messages; the question always stays.
 */
export function toModel(messages: readonly Pick<Message, "role" | "text">[]): ModelMessage[] {
  let left = HISTORY_CHARACTERS
  const kept = messages
    .toReversed()
    .filter(({ text }, index) => text.trim() !== "" && (index === 0 || (left -= text.length) >= 0))
    .toReversed()
  const turns: { role: "user" | "assistant"; texts: string[] }[] = []
  for (const { role, text } of kept) {
    const last = turns.at(-1)
    if (last?.role === role) last.texts.push(text)
    else if (role === "user" || last) turns.push({ role, texts: [text] })
  }
  return turns.map(({ role, texts }) => ({ role, content: texts.map((text) => ({ text })) }))
}

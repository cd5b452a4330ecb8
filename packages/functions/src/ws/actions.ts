import type { Role } from "@backline/core/actor"
import { parse } from "@backline/core/fn"
import { type Action, type ActionContext, type Actions, type Group, NAMES, type Outcome } from "./action.ts"
import { ROOM_ACTIONS } from "./room-actions.ts"
import { SESSION_ACTIONS } from "./session-actions.ts"
import { TAP_ACTIONS } from "./tap-actions.ts"

/**
 * Where the actions are. Most sockets are in rooms; documents and the assistant are loaded with the first frame that asks for them. Each file of its own
 * that a start reads costs as much as ten kilobytes of code, so small groups are not worth one.
 */
export const GROUPS: { [G in Group]: () => Actions<G> | Promise<Actions<G>> } = {
  room: () => ROOM_ACTIONS,
  session: () => SESSION_ACTIONS,
  document: async () => (await import("./document-actions.ts")).DOCUMENT_ACTIONS,
  tap: () => TAP_ACTIONS,
  chat: async () => (await import("./chat-actions.ts")).CHAT_ACTIONS,
}

const groupOf = new Map(
  (Object.keys(NAMES) as Group[]).flatMap((group) => NAMES[group].map((name) => [name as string, group] as const)),
)

export const ACTION_NAMES: readonly string[] = [...groupOf.keys()]

/** What an expired session may still do. */
export const RENEWS = "auth.refresh"

/** The action of that name, to be run with its input parsed, or undefined. */
export async function actionOf(
  name: unknown,
  frame: object,
): Promise<{ role?: Role; run(context: ActionContext): Promise<Outcome> } | undefined> {
  const group = typeof name === "string" ? groupOf.get(name) : undefined
  if (group === undefined) return undefined
  const actions: Readonly<Record<string, Action>> = await GROUPS[group]()
  const { schema, run, role } = actions[name as string]!
  return { role, run: async (context) => run(parse(schema(), frame) as never, context) }
}

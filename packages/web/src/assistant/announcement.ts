import { isOver } from "@backline/client"
import { plural } from "../format/number.ts"
import type { ThreadItem } from "./thread-items.ts"
import { toolPhrase } from "./tool-phrase.ts"

/**
 * What a screen reader should hear of the last answer. It changes when the answer starts, looks something up, or ends, and not
 * with every word that arrives; empty when there is nothing to say.
 */
export function announcement(items: readonly ThreadItem[]): string {
  const last = items.findLast((item) => item.kind === "answer")
  if (!last) return ""
  const { state, tools, receipts, error, incomplete } = last.answer
  if (!isOver(state)) {
    const tool = tools.findLast((each) => each.state === "running")
    return tool ? toolPhrase(tool.name, true) : tools.length > 0 ? "Writing the answer" : "The assistant has started"
  }
  if (state === "stopped") return "The answer was stopped"
  if (state === "error") return `The answer ${incomplete ? "is incomplete" : "failed"}. ${error?.message ?? ""}`.trim()
  return receipts.length > 0 ? `Answer finished with ${plural(receipts.length, "receipt")}` : "Answer finished"
}

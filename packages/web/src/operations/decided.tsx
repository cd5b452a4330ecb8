import { Ban, Check } from "lucide-react"
import type { Decision } from "./wire.ts"

const WORDS: Record<Decision, string> = { allow: "Allow", deny: "Deny", implicitDeny: "Deny" }

/** Allowed or denied, in a word, a sign and a colour. */
export function Decided({ decision }: { decision: Decision }) {
  const Icon = decision === "allow" ? Check : Ban
  return (
    <span className={`decided ${decision === "allow" ? "decided-allow" : "decided-deny"}`}>
      <Icon size={13} aria-hidden />
      {WORDS[decision]}
    </span>
  )
}

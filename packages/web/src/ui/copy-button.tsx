import { Check, Copy } from "lucide-react"
import { useEffect, useState } from "react"
import { toast } from "./toast.tsx"

/** Copies a text and says so in its own place. */
export function CopyButton({ text, label, small = false }: { text: string; label: string; small?: boolean }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1_800)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => toast("The browser did not allow copying. Select the text and copy it by hand."),
    )
  const Icon = copied ? Check : Copy
  return (
    <button
      type="button"
      className={small ? "icon-button" : "button button-quiet button-small"}
      aria-label={label}
      title={label}
      onClick={() => void copy()}
    >
      <Icon size={14} aria-hidden />
      {!small && <span aria-hidden>{copied ? "Copied" : "Copy"}</span>}
      <span className="sr-only" role="status">
        {copied ? "Copied" : ""}
      </span>
    </button>
  )
}

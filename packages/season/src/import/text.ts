import { createHash } from "node:crypto"

/** What the Philharmonic's export writes where it has nothing. */
const NOTHING = new Set(["", "None", "none", "null"])
const MOST = 300

/**
 * One line of text, or undefined. Blanks are collapsed. `{_, em}` is what an XML converter left of text with an emphasised part: `em` was cut
 * out of `_`, where it stood in the middle two blanks are left. `OVERTURE FROM  (ARR.)` and `OBERON` become `OVERTURE FROM OBERON (ARR.)`.
 */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value)
  if (Array.isArray(value)) return textOf(value.map(textOf).filter(Boolean).join(" "))
  if (typeof value === "object" && value !== null) return textOfMarkup(value)
  if (typeof value !== "string") return undefined
  const text = value.toWellFormed().replaceAll("\0", "").replace(/\s+/g, " ").trim()
  if (NOTHING.has(text)) return undefined
  return text.length <= MOST
    ? text
    : `${text
        .slice(0, MOST - 1)
        .toWellFormed()
        .trimEnd()}…`
}

function textOfMarkup({ _, em }: { _?: unknown; em?: unknown }): string | undefined {
  const outer = typeof _ === "string" ? _.trim() : ""
  const parts = (Array.isArray(em) ? em : [em]).map(textOf).filter((part) => part !== undefined)
  const gaps = outer.split(/ {2,}/)
  if (gaps.length === parts.length + 1) return textOf(gaps.map((gap, index) => `${gap} ${parts[index] ?? ""}`).join(" "))
  return textOf([outer, ...parts].join(" "))
}

declare global {
  interface String {
    /** Node 20 has it, TypeScript's ES2023 library does not yet. */
    toWellFormed(): string
  }
}

/** The first `length` hexadecimal digits of the text's SHA-256, for ids. */
export const digest = (text: string, length: number): string => createHash("sha256").update(text).digest("hex").slice(0, length)

/** Readable part of an id: lower-case letters, digits and dashes, at most 32. */
export const slug = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 32)
    .replace(/-$/, "")

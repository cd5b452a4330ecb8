export type ServerFrame = { type: string; [key: string]: unknown }

const isFrame = (value: unknown): value is ServerFrame =>
  typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string"

/** The frames of one WebSocket message: one, or several where a burst travels together. What is neither is dropped. */
export function framesOf(text: unknown): ServerFrame[] {
  try {
    const value: unknown = JSON.parse(String(text))
    return (Array.isArray(value) ? value : [value]).filter(isFrame)
  } catch {
    return []
  }
}

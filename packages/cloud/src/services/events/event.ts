/** An event as rules see it: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
export interface BusEvent {
  version: "0"
  id: string
  "detail-type": string
  source: string
  account: string
  /** Whole seconds, UTC. */
  time: string
  region: string
  resources: readonly string[]
  detail: unknown
}

export const timeOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z")

/** An event as a bus keeps it: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
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
  /** JSON of an object, as the producer wrote it. */
  detail: string
}

export const timeOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z")

/** All but the detail, as JSON. */
export const headText = (event: BusEvent): string => JSON.stringify({ ...event, detail: undefined })

/** The event as targets get it, with the detail as the producer wrote it. */
export const eventText = (event: BusEvent): string => `${headText(event).slice(0, -1)},"detail":${event.detail}}`

/** The event as patterns see it. */
export const matchable = (event: BusEvent): object => ({ ...event, detail: JSON.parse(event.detail) })

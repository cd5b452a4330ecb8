/** A task that moves messages out of a dead letter queue. */
export interface MoveTask {
  id: string
  sourceArn: string
  /** Without it each message goes back to the queue it came from. */
  destinationArn?: string
  /** Messages per second. */
  rate?: number
  startedAt: number
  toMove: number
  moved: number
  status: "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED"
  failure?: string
}

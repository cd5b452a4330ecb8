/** A shard of any stream as a lane sees it. Positions count up by one per record and never change their meaning. */
export interface LaneShard {
  readonly id: string
  /** For log lines. */
  readonly streamName: string
  /** Field of a failure record that describes the batch. */
  readonly batchInfo: "KinesisBatchInfo" | "DDBStreamBatchInfo"
  /** No records follow those that are there. */
  readonly closed: boolean
  /** Oldest position that is still kept. */
  readonly start: number
  /** Position that the next record gets. */
  readonly end: number
  /** Epoch milliseconds at which the record arrived; 0 for one that has expired. */
  arrival(position: number): number
  /** Which of so many lanes takes the record: the same for all records of a key. */
  laneOf(position: number, lanes: number): number
  /** The record as filters see it, its content parsed. */
  content(position: number): unknown
  /** What the record takes in an event. */
  eventBytes(position: number): number
  /** The sequence number of a position, also of an expired one. */
  sequenceAt(position: number): string
  /** Position of a sequence number that this shard gave out. */
  positionOf(sequenceNumber: string): number | undefined
  /** The function's event with these records, as JSON text. */
  event(positions: readonly number[]): string
  /** The read that brings these records, as the function's role; its answer's status decides whether they may be handed over. */
  read(positions: readonly number[]): Promise<{ status: number; json: any }>
  /** Called when a lane is done with everything before its position. */
  done?(): void
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */
const WRITE_BYTES = 1_024
const READ_BYTES = 4_096

export type Consistency = "eventual" | "strong" | "transactional"
const FACTOR: Readonly<Record<Consistency, number>> = { eventual: 0.5, strong: 1, transactional: 2 }

/** Units to write an item; the larger of the two counts where one replaces another. A transaction prepares and commits: twice as much. */
export const writeUnits = (bytes: number, isTransaction = false): number =>
  Math.max(1, Math.ceil(bytes / WRITE_BYTES)) * (isTransaction ? 2 : 1)

/** Units to read so many bytes; what is not there costs as much as 4 KB. */
export const readUnits = (bytes: number, consistency: Consistency): number =>
  Math.max(1, Math.ceil(bytes / READ_BYTES)) * FACTOR[consistency]

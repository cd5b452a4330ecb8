/** What a statement fails with, in PostgreSQL's words and without the `ERROR: ` in front. */
export class SqlError extends Error {}

/** Raised for what this warehouse cannot answer as Redshift would: better no answer than a wrong one. */
export class NotSimulated extends SqlError {
  constructor(construct: string) {
    super(`NOT_SIMULATED: ${construct}`)
  }
}

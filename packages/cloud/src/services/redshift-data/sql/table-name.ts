/** A table or view as a statement names it, in the engine's terms: public is `main` there. */
export interface TableName {
  schema?: string
  table: string
}

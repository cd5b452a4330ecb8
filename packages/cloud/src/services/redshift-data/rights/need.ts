import type { TableName } from "../sql/table-name.ts"

export type Privilege = "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "TRUNCATE" | "DROP" | "ALTER" | "REFERENCES"

/** What a statement must be allowed to do; each of its needs on its own. */
export type Need =
  /** SELECT on every relation that this query, in the engine's SQL, reads. */
  | { kind: "read"; query: string }
  /** One of these on a table or view. */
  | { kind: "use"; on: TableName; any: readonly Privilege[] }
  /** Owning the relation or its schema, or one of these privileges on it or in the whole system. */
  | { kind: "own"; on: TableName; or?: readonly Privilege[]; system?: string; ifExists?: boolean }
  /** Making a relation; one that it replaces must be owned. */
  | {
      kind: "create"
      table: TableName
      temporary: boolean
      system: "CREATE TABLE" | "CREATE OR REPLACE VIEW"
      replaces?: boolean
    }
  | { kind: "create schema" }
  | { kind: "own schema"; schema: string; system?: string; ifExists?: boolean }
  | { kind: "use schema"; schema: string }
  /** A permission of the whole system, or administration of these roles. */
  | { kind: "system"; permission: string; roles?: readonly string[]; denied: string }
  /** Handing on privileges: `place` alone is a schema, neither is the database. */
  | { kind: "grant"; place: string; object: string; privileges: readonly string[] }
  /** Principals that must be known. */
  | { kind: "known"; principals: readonly { kind: string; name: string }[] }

import type { Cloud } from "../../../service.ts"
import type { Connection } from "../engine/connection.ts"
import { SqlError } from "../sql/error.ts"
import type { TableName } from "../sql/table-name.ts"
import type { Catalog, Relation } from "./catalog.ts"
import type { Need, Privilege } from "./need.ts"
import { relationsOf } from "./relations.ts"
import { SYSTEM_ROLES } from "./system-roles.ts"
import { userNamed, type DatabaseUser } from "./user.ts"

/** The views of our own that statements may read; they show what their reader may see. */
const SYSTEM_VIEWS = new Set(["svv_tables", "svv_columns"])

const denied = (what: string, name: string): SqlError => new SqlError(`permission denied for ${what} ${name}`)
const nameOf = (schema: string): string => (schema === "main" ? "public" : schema)

/** Whether one user may do what a statement needs, on the catalog that its connection sees. */
export class Check {
  /** Set when the statement reads the system's views. */
  readsSystem = false

  constructor(
    private readonly user: DatabaseUser,
    private readonly catalog: Catalog,
    private readonly connection: Connection,
    private readonly cloud: Cloud,
    private readonly database: string,
  ) {}

  /** Throws SqlError in Redshift's words for the first thing that is not allowed or does not exist. */
  async all(needs: readonly Need[]): Promise<void> {
    for (const need of needs) await this.one(need)
  }

  private async one(need: Need): Promise<void> {
    const { catalog, user } = this
    switch (need.kind) {
      case "read":
        return this.read(need.query, user, 0)
      case "use":
        return void this.use(need.on, need.any, user)
      case "own":
        if (need.ifExists && !catalog.find(need.on)) return
        return this.own(need.on, need.or ?? [], need.system)
      case "create":
        return this.create(need)
      case "create schema":
        if (user.superuser || this.may("CREATE SCHEMA") || catalog.allows(user, "", "", "CREATE")) return
        throw denied("database", this.database)
      case "use schema":
        this.schema(need.schema)
        if (catalog.owns(user, need.schema) || catalog.allows(user, need.schema, "", "USAGE")) return
        throw denied("schema", nameOf(need.schema))
      case "own schema":
        if (need.ifExists && !catalog.hasSchema(need.schema)) return
        this.schema(need.schema)
        if (catalog.owns(user, need.schema) || (need.system && this.may(need.system))) return
        throw new SqlError(`must be owner of schema ${nameOf(need.schema)}`)
      case "system":
        if (user.superuser || this.may(need.permission)) return
        if (need.roles?.length && need.roles.every((role) => catalog.administers(user, role))) return
        throw new SqlError(need.denied)
      case "grant":
        return this.grant(need)
      case "known":
        for (const { kind, name } of need.principals) {
          const found =
            catalog.principals.has(`${kind} ${name}`) ||
            (kind === "role" && name in SYSTEM_ROLES) ||
            (kind === "user" && /^IAMR?:/.test(name))
          if (!found) throw new SqlError(`${kind} "${name}" does not exist`)
        }
    }
  }

  /** A view is read with its owner's rights: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html */
  private async read(query: string, user: DatabaseUser, depth: number): Promise<void> {
    if (depth > 16) throw new SqlError("stack depth limit exceeded")
    for (const { schema, table } of await relationsOf(this.connection, query)) {
      if (schema === "redshift_system" && SYSTEM_VIEWS.has(table)) {
        this.readsSystem = true
        continue
      }
      const relation = this.use({ schema, table }, ["SELECT"], user)
      if (!relation?.view) continue
      const owner = relation.owner === undefined ? user : userNamed(relation.owner, this.cloud)
      await this.read(bodyOf(relation.view), owner, depth + 1)
    }
  }

  private use(name: TableName, any: readonly Privilege[], user: DatabaseUser): Relation {
    const relation = this.find(name, user)
    if (relation.temporary || user.superuser || relation.owner === user.name) return relation
    if (any.some((privilege) => this.catalog.allows(user, relation.place, relation.object, privilege))) return relation
    throw denied("relation", relation.object)
  }

  private own(name: TableName, or: readonly Privilege[], system: string | undefined): void {
    const relation = this.find(name, this.user, system !== undefined && this.may(system))
    if (relation.temporary || relation.owner === this.user.name || this.catalog.owns(this.user, relation.place)) return
    if (system && this.may(system)) return
    if (or.some((privilege) => this.catalog.allows(this.user, relation.place, relation.object, privilege))) return
    throw new SqlError(`must be owner of relation ${relation.object}`)
  }

  private create(need: Extract<Need, { kind: "create" }>): void {
    const { catalog, user } = this
    if (need.temporary) {
      if (user.superuser || catalog.allows(user, "", "", "TEMP") || this.may("CREATE TABLE")) return
      throw new SqlError(`permission denied to create temporary tables in database "${this.database}"`)
    }
    const schema = need.table.schema ?? "main"
    this.schema(schema)
    if (!catalog.owns(user, schema) && !this.may(need.system) && !catalog.allows(user, schema, "", "CREATE"))
      throw denied("schema", nameOf(schema))
    const replaced = need.replaces && catalog.find(need.table)
    if (replaced) this.own(need.table, [], need.system)
  }

  private grant({ place, object, privileges }: Extract<Need, { kind: "grant" }>): void {
    const { catalog, user } = this
    if (place) this.schema(place)
    if (object === "*") {
      for (const relation of catalog.lasting())
        if (relation.place === place) this.grant({ kind: "grant", place, object: relation.object, privileges })
      return
    }
    if (user.superuser) return object ? void this.find({ schema: place, table: object }, user) : undefined
    if (object) {
      const relation = this.find({ schema: place, table: object }, user)
      if (relation.owner === user.name || catalog.owns(user, place)) return
      if (privileges.every((privilege) => catalog.allows(user, place, relation.object, privilege, true))) return
      throw denied("relation", relation.object)
    }
    if (place && catalog.owns(user, place)) return
    if (privileges.every((privilege) => catalog.allows(user, place, "", privilege, true))) return
    throw place ? denied("schema", nameOf(place)) : denied("database", this.database)
  }

  /** The relation, when its schema may be used. */
  private find(name: TableName, user: DatabaseUser, anyway = false): Relation {
    const { catalog } = this
    if (name.schema !== undefined) {
      this.schema(name.schema)
      const usable = anyway || catalog.owns(user, name.schema) || catalog.allows(user, name.schema, "", "USAGE")
      if (!usable) throw denied("schema", nameOf(name.schema))
    }
    const relation = catalog.find(name)
    if (!relation) throw new SqlError(`relation "${name.schema ? `${nameOf(name.schema)}.` : ""}${name.table}" does not exist`)
    if (
      name.schema === undefined &&
      !relation.temporary &&
      !anyway &&
      !catalog.owns(user, "main") &&
      !catalog.allows(user, "main", "", "USAGE")
    )
      throw new SqlError(`relation "${name.table}" does not exist`)
    return relation
  }

  private schema(name: string): void {
    if (!this.catalog.hasSchema(name)) throw new SqlError(`schema "${nameOf(name)}" does not exist`)
  }

  /** Whether the user, or a role of it, has a permission of the whole system. */
  private may(permission: string): boolean {
    return (
      this.user.superuser ||
      this.catalog.allows(this.user, "", "", permission) ||
      Object.entries(SYSTEM_ROLES).some(
        ([role, permissions]) => permissions.has(permission) && this.catalog.hasRole(this.user, role),
      )
    )
  }
}

/** `CREATE VIEW name (columns) AS query;` as the engine keeps it. */
const bodyOf = (view: string): string =>
  view.replace(/^CREATE\s+(?:TEMP(?:ORARY)?\s+)?VIEW\s+(?:"(?:[^"]|"")*"|[^\s(]+)[^]*?\sAS\s+/i, "").replace(/;\s*$/, "")

import type { Connection } from "../engine/connection.ts"
import type { DatabaseUser } from "./user.ts"

export interface Relation {
  /** The engine's schema: `main` is public. */
  place: string
  object: string
  temporary: boolean
  owner?: string
  /** Of a view: what it reads. */
  view?: string
}

interface Grant {
  privilege: string
  kind: string
  grantee: string
  grantable: boolean
}

const key = (place: string, object: string): string => JSON.stringify([place.toLowerCase(), object.toLowerCase()])

/** What exists, whose it is, and who was granted what, as one connection sees it. */
export class Catalog {
  /** Users, groups and roles, with who made them. */
  readonly principals = new Map<string, string | undefined>()
  private readonly relations = new Map<string, Relation>()
  private readonly temporary = new Map<string, Relation>()
  private readonly schemas = new Map<string, string | undefined>()
  private readonly grants = new Map<string, Grant[]>()
  private readonly members: { role: string; kind: string; member: string; admin: boolean }[] = []

  static async read(connection: Connection): Promise<Catalog> {
    const catalog = new Catalog()
    for (const row of await connection.values(EVERYTHING)) catalog.take(row as unknown as Row)
    return catalog
  }

  private take({ what, place, object, name, kind, text, flag }: Row): void {
    if (what === "schema") this.schemas.set(place.toLowerCase(), name ?? undefined)
    else if (what === "relation") {
      const relation: Relation = { place, object, temporary: flag, owner: name ?? undefined, view: text ?? undefined }
      if (flag) this.temporary.set(object.toLowerCase(), relation)
      else this.relations.set(key(place, object), relation)
    } else if (what === "principal") this.principals.set(`${kind} ${name}`, text ?? undefined)
    else if (what === "member") this.members.push({ role: place, kind: kind!, member: name!, admin: flag })
    else {
      const grants = this.grants.get(key(place, object)) ?? []
      grants.push({ privilege: text!, kind: kind!, grantee: name!, grantable: flag })
      this.grants.set(key(place, object), grants)
    }
  }

  hasSchema(schema: string): boolean {
    return this.schemas.has(schema.toLowerCase())
  }

  /** A name without a schema is a temporary table before it is one of public. */
  find({ schema, table }: { schema?: string; table: string }): Relation | undefined {
    return (schema === undefined && this.temporary.get(table.toLowerCase())) || this.relations.get(key(schema ?? "main", table))
  }

  owns(user: DatabaseUser, schema: string): boolean {
    return user.superuser || this.schemas.get(schema.toLowerCase()) === user.name
  }

  /** Whether a schema, a relation or (with empty names) the database gives this privilege to the user, its roles and groups, or everybody. */
  allows(user: DatabaseUser, place: string, object: string, privilege: string, withGrant = false): boolean {
    const grants = this.grants.get(key(place, object))
    if (!grants) return false
    const held = this.heldBy(user)
    return grants.some(
      (grant) => grant.privilege === privilege && (!withGrant || grant.grantable) && held.has(`${grant.kind} ${grant.grantee}`),
    )
  }

  /** Whether the user made a role, or holds it with the right to give it to others. */
  administers(user: DatabaseUser, role: string): boolean {
    if (this.principals.get(`role ${role}`) === user.name) return true
    return this.members.some(
      ({ role: of, kind, member, admin }) => of === role && kind === "user" && member === user.name && admin,
    )
  }

  hasRole(user: DatabaseUser, role: string): boolean {
    return this.heldBy(user).has(`role ${role}`)
  }

  /** Whether a regular user sees the relation in SVV_TABLES and its like: what it may do something with. */
  sees(user: DatabaseUser, { place, object, owner }: Relation): boolean {
    if (owner === user.name || this.owns(user, place)) return true
    const held = this.heldBy(user)
    return (this.grants.get(key(place, object)) ?? []).some(({ kind, grantee }) => held.has(`${kind} ${grantee}`))
  }

  lasting(): IterableIterator<Relation> {
    return this.relations.values()
  }

  /** The user, everybody, and every role or group it is in, through others too. */
  private heldBy(user: DatabaseUser): ReadonlySet<string> {
    const held = new Set([`user ${user.name}`, "public ", ...user.roles.map((role) => `role ${role}`)])
    for (let before = -1; before !== held.size;) {
      before = held.size
      for (const { role, kind, member } of this.members)
        if (held.has(`${kind} ${member}`)) held.add(role.startsWith("group ") ? role : `role ${role}`)
    }
    return held
  }
}

interface Row {
  what: "schema" | "relation" | "principal" | "member" | "grant"
  place: string
  object: string
  name: string | null
  kind: string | null
  text: string | null
  flag: boolean
}

const OWNED = `LEFT JOIN redshift_system.owner o ON NOT temporary AND o.place = schema_name`
const EVERYTHING = `
  SELECT 'schema' AS what, schema_name AS place, '' AS object, o.owner AS name, NULL AS kind, NULL AS text, false AS flag
    FROM duckdb_schemas() LEFT JOIN redshift_system.owner o ON o.place = schema_name AND o.object = ''
    WHERE database_name = current_database() AND schema_name NOT IN ('redshift_system', 'information_schema', 'pg_catalog')
  UNION ALL SELECT 'relation', schema_name, table_name, o.owner, NULL, NULL, temporary FROM duckdb_tables() ${OWNED} AND o.object = table_name WHERE NOT internal AND schema_name <> 'redshift_system'
  UNION ALL SELECT 'relation', schema_name, view_name, o.owner, NULL, sql, temporary FROM duckdb_views() ${OWNED} AND o.object = view_name WHERE NOT internal AND schema_name <> 'redshift_system'
  UNION ALL SELECT 'principal', '', '', name, kind, owner, false FROM redshift_system.principal
  UNION ALL SELECT 'member', role, '', member, kind, NULL, admin FROM redshift_system.member
  UNION ALL SELECT 'grant', place, object, grantee, kind, privilege, grantable FROM redshift_system.privilege`

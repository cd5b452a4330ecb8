import type { Need, Privilege } from "../rights/need.ts"
import { SYSTEM_PERMISSIONS } from "../rights/system-roles.ts"
import { NotSimulated, SqlError } from "../sql/error.ts"
import { findTop, quote, splitCommas, startsWith, unexpected } from "../sql/scan.ts"
import type { Token } from "../sql/tokens.ts"
import { readTable } from "./names.ts"
import { records, type Planned, type Planner } from "./plan.ts"
import { isOneOf, knownOf, readGrantees, readPrincipal, type Principal } from "./principals.ts"

const TABLE: readonly Privilege[] = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "DROP", "ALTER", "REFERENCES"]
const SCHEMA = ["USAGE", "CREATE"]
const DATABASE = ["CREATE", "TEMP"]

/** What privileges are given on: a schema has no object, the database has neither; `*` is every table of the schema. */
interface Target {
  place: string
  object: string
}

/** GRANT and REVOKE: https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html https://docs.aws.amazon.com/redshift/latest/dg/r_REVOKE.html */
export const grant: Planner = (tokens) => handOn(tokens, 1, "GRANT")
export const revoke: Planner = (tokens) => handOn(tokens, 1, "REVOKE")

function handOn(tokens: Token[], start: number, command: "GRANT" | "REVOKE"): Planned {
  const option = startsWith(tokens, start, "GRANT", "OPTION", "FOR") || startsWith(tokens, start, "ADMIN", "OPTION", "FOR")
  const at = option ? start + 3 : start
  const to = findTop(tokens, [command === "GRANT" ? "TO" : "FROM"], at)
  const on = findTop(tokens.slice(0, to < 0 ? undefined : to), ["ON"], at)
  if (to < 0) throw new SqlError("syntax error at end of input")
  const { grantees, end } = readGrantees(tokens, to + 1)
  const extra = tokens.slice(end).map((token) => token.key)
  const handing = { command, grantees, option: option || withOption(extra, command, grantees) }
  if (on >= 0) return onTargets(tokens, at, on, to, handing)
  return tokens[at]?.key === "ROLE" ? roles(tokens, at, to, handing) : permissions(tokens.slice(at, to), handing)
}

interface Handing {
  command: "GRANT" | "REVOKE"
  grantees: Principal[]
  /** With the right to hand it on; of a REVOKE, only that right. */
  option: boolean
}

function withOption(extra: readonly string[], command: string, grantees: readonly Principal[]): boolean {
  const text = extra.join(" ")
  if (text === "" || (command === "REVOKE" && (text === "CASCADE" || text === "RESTRICT"))) return false
  if (command !== "GRANT" || (text !== "WITH GRANT OPTION" && text !== "WITH ADMIN OPTION"))
    throw new NotSimulated(`${command} … ${text}`)
  if (grantees.some(({ kind }) => kind === "group" || kind === "public"))
    throw new SqlError(`${text} cannot be given to a group or to PUBLIC`)
  return true
}

function onTargets(tokens: Token[], at: number, on: number, to: number, handing: Handing): Planned {
  const { targets, all } = readTargets(tokens, on + 1, to)
  const privileges = readPrivileges(tokens.slice(at, on), all)
  const needs: Need[] = targets.map((target) => ({ kind: "grant", ...target, privileges }))
  needs.push({ kind: "known", principals: knownOf(handing.grantees) })
  const sql = targets.flatMap(({ place, object }) =>
    handing.command === "GRANT" ? given(place, object, privileges, handing) : [taken(place, object, privileges, handing)],
  )
  return records(handing.command, needs, [], ...sql)
}

function readTargets(tokens: Token[], at: number, to: number): { targets: Target[]; all: readonly string[] } {
  const lists = (from: number) => splitCommas(tokens.slice(from, to))
  if (startsWith(tokens, at, "ALL", "TABLES", "IN", "SCHEMA"))
    return { targets: lists(at + 4).map((item) => ({ place: schemaOf(item), object: "*" })), all: TABLE }
  if (tokens[at]?.key === "SCHEMA")
    return { targets: lists(at + 1).map((item) => ({ place: schemaOf(item), object: "" })), all: SCHEMA }
  if (tokens[at]?.key === "DATABASE") return { targets: [{ place: "", object: "" }], all: DATABASE }
  const word = tokens[at]
  if (
    word?.kind === "word" &&
    /^(?:FUNCTION|PROCEDURE|LANGUAGE|DATASHARE|MODEL|EXTERNAL|COPY|ALL|ASSUMEROLE)$/.test(word.key) &&
    tokens[at + 1]?.key !== ","
  )
    throw new NotSimulated(`privileges on ${word.key}`)
  const tables = lists(word?.key === "TABLE" ? at + 1 : at).map((item) => {
    const { name, end } = readTable(item, 0)
    if (end !== item.length) throw new SqlError(unexpected(item[end]))
    return { place: name.schema ?? "main", object: name.table }
  })
  return { targets: tables, all: TABLE }
}

function schemaOf(item: Token[]): string {
  const { name } = readTable(item, 0)
  return name.table === "public" ? "main" : name.table
}

function readPrivileges(tokens: Token[], all: readonly string[]): string[] {
  if (tokens[0]?.key === "ALL" && (tokens.length === 1 || (tokens.length === 2 && tokens[1]!.key === "PRIVILEGES")))
    return [...all]
  return splitCommas(tokens).map((item) => {
    if (item[1]?.key === "(") throw new NotSimulated("privileges on columns: grant the table, or a view of these columns")
    const privilege = item[0]?.key === "TEMPORARY" ? "TEMP" : (item[0]?.key ?? "")
    if (item.length !== 1 || !all.includes(privilege))
      throw new NotSimulated(`the privilege ${item.map((token) => token.text).join(" ")}`)
    return privilege
  })
}

const objects = (place: string, object: string): string =>
  object === "*"
    ? `SELECT place, object FROM redshift_system.owner WHERE place = ${quote(place)} AND object <> ''`
    : `SELECT ${quote(place)} AS place, ${quote(object)} AS object`

/** What was given before stays; being given it again with the option adds the option. */
function given(place: string, object: string, privileges: readonly string[], { grantees, option }: Handing): string[] {
  return grantees.flatMap(({ kind, name }) =>
    privileges.flatMap((privilege) => {
      const same = `p.place = n.place AND p.object = n.object AND p.privilege = ${quote(privilege)} AND p.kind = ${quote(kind)} AND p.grantee = ${quote(name)}`
      return [
        ...(option
          ? [`UPDATE redshift_system.privilege p SET grantable = true FROM (${objects(place, object)}) n WHERE ${same}`]
          : []),
        `INSERT INTO redshift_system.privilege SELECT n.place, n.object, ${quote(privilege)}, ${quote(kind)}, ${quote(name)}, ${option} FROM (${objects(place, object)}) n
           WHERE NOT EXISTS (SELECT 1 FROM redshift_system.privilege p WHERE ${same})`,
      ]
    }),
  )
}

function taken(place: string, object: string, privileges: readonly string[], { grantees, option }: Handing): string {
  const where = `place = ${quote(place)} AND ${object === "*" ? "object <> ''" : `object = ${quote(object)}`} AND privilege IN (${privileges.map(quote).join(", ")})
    AND ${isOneOf("kind", "grantee", grantees)}`
  return option
    ? `UPDATE redshift_system.privilege SET grantable = false WHERE ${where}`
    : `DELETE FROM redshift_system.privilege WHERE ${where}`
}

/** GRANT ROLE a, b TO c */
function roles(tokens: Token[], at: number, to: number, { command, grantees, option }: Handing): Planned {
  const names: string[] = []
  for (let next = at + 1; next < to; next++) {
    const { name, end } = readPrincipal(tokens, next)
    names.push(name)
    next = end
    if (next < to && tokens[next]?.key !== ",") throw new SqlError(unexpected(tokens[next]))
  }
  if (grantees.some(({ kind }) => kind === "group")) throw new SqlError("a role cannot be granted to a group")
  const needs: Need[] = [
    { kind: "known", principals: [...names.map((name) => ({ kind: "role", name })), ...knownOf(grantees)] },
    { kind: "system", permission: "GRANT ROLE", roles: names, denied: `permission denied to grant role "${names[0]}"` },
  ]
  const list = names.map(quote).join(", ")
  const who = isOneOf("kind", "member", grantees)
  const cleared = `DELETE FROM redshift_system.member WHERE role IN (${list}) AND ${who}`
  if (command === "REVOKE")
    return records(
      command,
      needs,
      [],
      option ? `UPDATE redshift_system.member SET admin = false WHERE role IN (${list}) AND ${who}` : cleared,
    )
  const rows = names.flatMap((role) =>
    grantees.map(({ kind, name }) => `(${quote(role)}, ${quote(kind)}, ${quote(name)}, ${option})`),
  )
  return records(command, needs, [], cleared, `INSERT INTO redshift_system.member VALUES ${rows.join(", ")}`)
}

/** GRANT CREATE TABLE TO ROLE a: a permission of the whole system. */
function permissions(tokens: Token[], handing: Handing): Planned {
  const named = splitCommas(tokens).map((item) => item.map((token) => token.key).join(" "))
  const unknown = named.find((name) => !SYSTEM_PERMISSIONS.has(name))
  if (unknown !== undefined) throw new NotSimulated(`${handing.command} ${unknown}`)
  if (handing.grantees.some(({ kind }) => kind !== "role")) throw new SqlError("a system permission is granted to a role")
  const needs: Need[] = [
    { kind: "known", principals: handing.grantees },
    { kind: "grant", place: "", object: "", privileges: named },
  ]
  return records(
    handing.command,
    needs,
    [],
    ...(handing.command === "GRANT" ? given("", "", named, handing) : [taken("", "", named, handing)]),
  )
}

/** ALTER DEFAULT PRIVILEGES [IN SCHEMA a] GRANT … ON TABLES TO …: for what the user makes from now on. https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_DEFAULT_PRIVILEGES.html */
export const alterDefault: Planner = (tokens) => {
  let at = 3
  if (tokens[at]?.key === "FOR") throw new NotSimulated("ALTER DEFAULT PRIVILEGES FOR another user")
  let place = ""
  if (startsWith(tokens, at, "IN", "SCHEMA")) {
    place = schemaOf([tokens[at + 2]!])
    at += 3
  }
  const command = tokens[at]?.key
  if (command !== "GRANT" && command !== "REVOKE") throw new SqlError(unexpected(tokens[at]))
  const option = startsWith(tokens, at + 1, "GRANT", "OPTION", "FOR")
  const on = findTop(tokens, ["ON"], at)
  if (on < 0 || tokens[on + 1]?.key !== "TABLES") throw new NotSimulated("default privileges on anything but TABLES")
  const privileges = readPrivileges(tokens.slice(option ? at + 4 : at + 1, on), TABLE)
  if (tokens[on + 2]?.key !== (command === "GRANT" ? "TO" : "FROM")) throw new SqlError(unexpected(tokens[on + 2]))
  const { grantees, end } = readGrantees(tokens, on + 3)
  const grantable = withOption(
    tokens.slice(end).map((token) => token.key),
    command,
    grantees,
  )
  const needs: Need[] = [{ kind: "known", principals: knownOf(grantees) }]
  if (place) needs.push({ kind: "use schema", schema: place })
  const cleared = `DELETE FROM redshift_system.default_privilege WHERE owner = $user AND place = ${quote(place)} AND privilege IN (${privileges.map(quote).join(", ")}) AND ${isOneOf("kind", "grantee", grantees)}`
  if (option) throw new NotSimulated("REVOKE GRANT OPTION of default privileges")
  const rows = grantees.flatMap(({ kind, name }) =>
    privileges.map(
      (privilege) => `SELECT $user, ${quote(place)}, ${quote(privilege)}, ${quote(kind)}, ${quote(name)}, ${grantable}`,
    ),
  )
  const sql =
    command === "REVOKE" ? [cleared] : [cleared, `INSERT INTO redshift_system.default_privilege ${rows.join(" UNION ALL ")}`]
  return records("ALTER DEFAULT PRIVILEGES", needs, [], ...sql)
}

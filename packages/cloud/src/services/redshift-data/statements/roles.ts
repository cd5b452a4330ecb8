import { NotSimulated, SqlError } from "../sql/error.ts"
import { quote, unexpected } from "../sql/scan.ts"
import type { Token } from "../sql/tokens.ts"
import { records, type Planned } from "./plan.ts"
import { readGrantees, readPrincipal } from "./principals.ts"

type Kind = "ROLE" | "USER" | "GROUP"

const denied = (verb: string, kind: Kind): string => `permission denied to ${verb} ${kind.toLowerCase()}`
const system = (verb: "create" | "drop" | "alter", kind: Kind, roles?: readonly string[]) =>
  ({ kind: "system", permission: `${verb.toUpperCase()} ${kind}`, roles, denied: denied(verb, kind) }) as const

/** CREATE ROLE, USER or GROUP. Nobody signs in as a created user here, but it can be granted something. */
export function createPrincipal(tokens: Token[], kind: Kind): Planned {
  const { name, end } = readPrincipal(tokens, 2)
  if (name.startsWith("sys:") || name.startsWith("ds:")) throw new SqlError(`role name "${name}" is reserved`)
  const what = kind.toLowerCase()
  if (kind === "ROLE" && tokens.length > end) throw new NotSimulated(`CREATE ROLE … ${tokens[end]!.text}`)
  const users =
    kind === "GROUP" && tokens.length > end ? membersOf(tokens, tokens[end]?.key === "WITH" ? end + 1 : end, "USER") : []
  return records(
    `CREATE ${kind}`,
    [system("create", kind), { kind: "known", principals: users }],
    [
      {
        kind: "refuse",
        sql: `SELECT 1 FROM redshift_system.principal WHERE kind = ${quote(what)} AND name = ${quote(name)}`,
        message: `${what} "${name}" already exists`,
      },
    ],
    `INSERT INTO redshift_system.principal SELECT ${quote(what)}, ${quote(name)}, $user`,
    ...users.map((user) => joins(name, user.name)),
  )
}

/** What it was granted goes with it. */
export function dropPrincipal(tokens: Token[], kind: Kind): Planned {
  const optional = tokens[2]?.key === "IF"
  const { grantees } = readGrantees(tokens, optional ? 4 : 2)
  const what = kind.toLowerCase()
  const names = grantees.map(({ name }) => name)
  const list = names.map(quote).join(", ")
  return records(
    `DROP ${kind}`,
    [
      ...(optional ? [] : [{ kind: "known" as const, principals: names.map((name) => ({ kind: what, name })) }]),
      system("drop", kind, kind === "ROLE" ? names : undefined),
    ],
    [],
    `DELETE FROM redshift_system.principal WHERE kind = ${quote(what)} AND name IN (${list})`,
    `DELETE FROM redshift_system.privilege WHERE kind = ${quote(what)} AND grantee IN (${list})`,
    `DELETE FROM redshift_system.default_privilege WHERE kind = ${quote(what)} AND grantee IN (${list})`,
    `DELETE FROM redshift_system.member WHERE kind = ${quote(what)} AND member IN (${list}) OR role IN (${names.map((name) => quote(roleKey(kind, name))).join(", ")})`,
  )
}

/** ALTER GROUP g ADD | DROP USER u, … */
export function alterGroup(tokens: Token[]): Planned {
  const { name, end } = readPrincipal(tokens, 2)
  const verb = tokens[end]?.key
  if (verb !== "ADD" && verb !== "DROP") throw new NotSimulated(`ALTER GROUP … ${tokens[end]?.text ?? ""}`)
  const users = membersOf(tokens, end + 1, "USER")
  const leaves = users.map(
    (user) => `DELETE FROM redshift_system.member WHERE role = ${quote(roleKey("GROUP", name))} AND member = ${quote(user.name)}`,
  )
  return records(
    "ALTER GROUP",
    [{ kind: "known", principals: [{ kind: "group", name }, ...users] }, system("alter", "GROUP")],
    [],
    ...leaves,
    ...(verb === "ADD" ? users.map((user) => joins(name, user.name)) : []),
  )
}

const roleKey = (kind: Kind, name: string): string => (kind === "GROUP" ? `group ${name}` : name)
const joins = (group: string, user: string): string =>
  `INSERT INTO redshift_system.member SELECT ${quote(roleKey("GROUP", group))}, 'user', ${quote(user)}, false`

function membersOf(tokens: Token[], at: number, word: string) {
  if (tokens[at]?.key !== word) throw new SqlError(unexpected(tokens[at]))
  return readGrantees(tokens, at + 1).grantees
}

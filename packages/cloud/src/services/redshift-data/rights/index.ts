import type { Cloud } from "../../../service.ts"
import type { Connection } from "../engine/connection.ts"
import type { Engine } from "../engine/engine.ts"
import { quote } from "../sql/scan.ts"
import type { Plan } from "../statements/plan.ts"
import { Catalog } from "./catalog.ts"
import { Check } from "./check.ts"
import type { DatabaseUser } from "./user.ts"

interface Kept {
  value: Catalog
  definitions: number
}

/** Decides who may run what, and keeps what it knows of the catalog until that changes. */
export class Rights {
  private shared?: Kept
  /** Of connections that made, changed or dropped something, and so may see what others do not. */
  private readonly own = new WeakMap<Connection, Kept | "unread">()

  constructor(
    private readonly engine: Engine,
    private readonly cloud: Cloud,
  ) {}

  /** Throws SqlError as Redshift does for what the user may not do. Asked before each statement, in its transaction. */
  async check(connection: Connection, user: DatabaseUser, plan: Plan, database: string): Promise<void> {
    if (plan.needs.length === 0) return
    const catalog = await this.catalog(connection)
    const check = new Check(user, catalog, connection, this.cloud, database)
    await check.all(plan.needs)
    if (check.readsSystem) await show(connection, user, catalog)
  }

  /** The connection is about to change what exists, or who may do what. */
  defines(connection: Connection): void {
    this.own.set(connection, "unread")
  }

  /** Its transaction is over, so others may see what it defined. */
  ended(connection: Connection): void {
    if (!this.own.has(connection)) return
    this.own.set(connection, "unread")
    this.engine.definitions++
  }

  /** Lets the views of the system show on this connection what the user may see. */
  async limitViews(connection: Connection, user: DatabaseUser): Promise<void> {
    await show(connection, user, await this.catalog(connection))
  }

  /** One that defined nothing sees what all see. Temporary tables are its own, so one that defined something is asked itself. */
  private async catalog(connection: Connection): Promise<Catalog> {
    const { definitions } = this.engine
    const own = this.own.get(connection)
    const kept = own ?? this.shared
    if (kept && kept !== "unread" && kept.definitions === definitions) return kept.value
    const read = { value: await Catalog.read(connection), definitions }
    if (own) this.own.set(connection, read)
    else this.shared = read
    return read.value
  }
}

/** https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_system-tables.html: a regular user sees what it has access to. */
async function show(connection: Connection, user: DatabaseUser, catalog: Catalog): Promise<void> {
  const seen = [...catalog.lasting()]
    .filter((relation) => catalog.sees(user, relation))
    .map(({ place, object }) => quote(`${place}.${object}`))
  await connection.run(`SET VARIABLE visible = CAST(${user.superuser ? "NULL" : `[${seen.join(", ")}]`} AS VARCHAR[])`)
}

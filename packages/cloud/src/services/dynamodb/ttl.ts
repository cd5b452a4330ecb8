import type { Database } from "./database.ts"
import { type Item, itemKey, keyAttributes } from "./key.ts"
import type { Table } from "./tables.ts"

/**
 * AWS deletes expired items "typically within a few days", and shows them until then:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
 * Here: within a minute of the cloud's clock, and when the clock is moved by a minute or more, at once. Nothing is hidden before.
 */
const PACE_MS = 60_000
/** Older times are taken for mistakes and their items stay: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html */
const OLDEST_S = 5 * 365 * 24 * 3_600

/** Deletes items whose time to live is over, as AWS's own process does: no caller, no units, a signed stream record. */
export class Sweeper {
  private off: (() => void) | undefined
  private running: Promise<void> = Promise.resolve()
  private stopped = false
  deleted = 0
  sweptAt: number | undefined

  constructor(private readonly database: Database) {}

  start(): void {
    const { clock, now } = this.database.cloud
    this.off = clock.alarm(now() + PACE_MS, () => {
      void this.sweep()
      if (!this.stopped) this.start()
    })
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.off?.()
    await this.running
  }

  /** One look at every table; a second call waits for the first. */
  sweep(): Promise<void> {
    this.running = this.running
      .then(() => this.all())
      .catch((error: unknown) => this.database.cloud.log("dynamodb", `the sweep of expired items failed: ${String(error)}`))
    return this.running
  }

  private async all(): Promise<void> {
    const { settings, tables, cloud } = this.database
    for (const [name, { ttl }] of settings.all()) {
      if (!ttl?.enabled || this.stopped) continue
      const table = await tables.find(name)
      if (table) await this.table(table, ttl.attribute)
    }
    this.sweptAt = cloud.now()
  }

  private async table(table: Table, attribute: string): Promise<void> {
    const now = Math.floor(this.database.cloud.now() / 1000)
    const names = Object.fromEntries(table.keys.map(({ name }, index) => [`#k${index}`, name]))
    let from: Item | undefined
    do {
      const { status, json } = await this.database.ask("Scan", {
        TableName: table.name,
        // Compared with numbers, values of other types are never true.
        FilterExpression: "#ttl < :now AND #ttl >= :oldest",
        ProjectionExpression: ["#ttl", ...Object.keys(names)].join(", "),
        ExpressionAttributeNames: { "#ttl": attribute, ...names },
        ExpressionAttributeValues: { ":now": { N: String(now) }, ":oldest": { N: String(now - OLDEST_S) } },
        ExclusiveStartKey: from,
      })
      if (status !== 200) return
      for (const item of json.Items as Item[]) {
        if (this.stopped) return
        await this.expire(table, attribute, item)
      }
      from = json.LastEvaluatedKey
    } while (from)
  }

  /** Only what is still expired goes: a new time to live may have been written since. */
  private async expire(table: Table, attribute: string, item: Item): Promise<void> {
    const { holds, changes, ask } = this.database
    const key = itemKey(table, item)
    if (key === undefined || holds.isHeld(key)) return
    const request = {
      TableName: table.name,
      Key: keyAttributes(table.keys, item),
      ConditionExpression: "#ttl = :seen",
      ExpressionAttributeNames: { "#ttl": attribute },
      ExpressionAttributeValues: { ":seen": item[attribute] },
    }
    const written = holds.writing([key])
    try {
      const { status } = await changes.around(
        [{ table, key, item }],
        () => ask("DeleteItem", request),
        (answer) => answer.status === 200,
        true,
      )
      if (status === 200) this.deleted++
    } finally {
      written()
    }
  }
}

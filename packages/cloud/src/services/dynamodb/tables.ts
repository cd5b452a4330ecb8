import type { Ask } from "./proxy.ts"
import type { KeyPart } from "./key.ts"
import { tableName } from "./arn.ts"

export interface Capacity {
  read: number
  write: number
}

export interface Index {
  name: string
  keys: KeyPart[]
  isGlobal: boolean
  /** Projects all attributes. */
  isWhole: boolean
  /** Undefined on demand. */
  provisioned?: Capacity
}

/** What the layer in front of the engine must know of a table. */
export interface Table {
  name: string
  keys: KeyPart[]
  indexes: Index[]
  /** Undefined on demand. */
  provisioned?: Capacity
}

const capacityOf = (throughput: any): Capacity | undefined =>
  throughput?.ReadCapacityUnits > 0 ? { read: throughput.ReadCapacityUnits, write: throughput.WriteCapacityUnits } : undefined

function tableOf(description: any): Table {
  const types = new Map<string, KeyPart["type"]>(
    (description.AttributeDefinitions ?? []).map((one: any) => [one.AttributeName, one.AttributeType]),
  )
  const keysOf = (schema: any[]): KeyPart[] =>
    schema.map(({ AttributeName }) => ({ name: AttributeName, type: types.get(AttributeName) ?? "S" }))
  const isProvisioned = description.BillingModeSummary?.BillingMode !== "PAY_PER_REQUEST"
  const indexOf = (isGlobal: boolean) => (index: any) => ({
    name: index.IndexName,
    keys: keysOf(index.KeySchema),
    isGlobal,
    isWhole: index.Projection?.ProjectionType === "ALL",
    provisioned: isGlobal && isProvisioned ? capacityOf(index.ProvisionedThroughput) : undefined,
  })
  return {
    name: description.TableName,
    keys: keysOf(description.KeySchema),
    indexes: [
      ...(description.GlobalSecondaryIndexes ?? []).map(indexOf(true)),
      ...(description.LocalSecondaryIndexes ?? []).map(indexOf(false)),
    ],
    provisioned: isProvisioned ? capacityOf(description.ProvisionedThroughput) : undefined,
  }
}

/** Keys and indexes of the engine's tables, asked for once and kept until a table changes. */
export class Tables {
  private readonly byName = new Map<string, Table>()

  constructor(private readonly ask: Ask) {}

  /** The table as far as it is known by now. */
  known(nameOrArn: unknown): Table | undefined {
    return typeof nameOrArn === "string" ? this.byName.get(tableName(nameOrArn)) : undefined
  }

  /** The table, or undefined where the engine has none of that name. */
  async find(nameOrArn: unknown): Promise<Table | undefined> {
    if (typeof nameOrArn !== "string") return undefined
    const name = tableName(nameOrArn)
    const known = this.byName.get(name)
    if (known) return known
    const { status, json } = await this.ask("DescribeTable", { TableName: name })
    if (status !== 200) return undefined
    const table = tableOf(json.Table)
    this.byName.set(name, table)
    return table
  }

  async learnAll(): Promise<void> {
    let from: string | undefined
    do {
      const { status, json } = await this.ask("ListTables", { ExclusiveStartTableName: from })
      if (status !== 200) return
      for (const name of json.TableNames) await this.find(name)
      from = json.LastEvaluatedTableName
    } while (from)
  }

  all(): Table[] {
    return [...this.byName.values()]
  }

  forget(name: string): void {
    this.byName.delete(name)
  }
}

import { dynamo } from "../aws.ts"
import { QueryCommand } from "./client.ts"
import type { Item } from "./key.ts"

export type Query = Omit<ConstructorParameters<typeof QueryCommand>[0], "ExclusiveStartKey">

/** What a query finds, in as many pages as DynamoDB's 1 MB makes of it. */
export async function* queryPages(query: Query): AsyncGenerator<Item[]> {
  let ExclusiveStartKey: Item | undefined
  do {
    const page = await dynamo().send(new QueryCommand({ ...query, ExclusiveStartKey }))
    yield page.Items ?? []
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
}

export async function queryAll(query: Query): Promise<Item[]> {
  const items: Item[] = []
  for await (const page of queryPages(query)) items.push(...page)
  return items
}

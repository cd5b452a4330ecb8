import * as dynamodb from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { busy, tableError } from "./errors.ts"

type Input<C extends new (input: any) => unknown> = Omit<ConstructorParameters<C>[0], "TableName">

const TableName = () => config("ROOM_TABLE")

/** What is read and written here fails in a room's own words; where a condition refuses, the answer is undefined or false. */
const told = <T>(call: Promise<T>): Promise<T> =>
  call.catch((error: unknown) => {
    throw tableError(error)
  })

/** Items by their keys, each where its key stood, nothing for none. */
export const getAll = (keys: readonly (dynamodb.Key | undefined)[], ConsistentRead = true) =>
  told(dynamodb.getAll(TableName(), keys, { ConsistentRead, busy }))

export const query = (input: Input<typeof dynamodb.QueryCommand>) =>
  told(dynamo().send(new dynamodb.QueryCommand({ TableName: TableName(), ...input })))

export const queryAll = (input: Input<typeof dynamodb.QueryCommand>) =>
  told(dynamodb.queryAll({ TableName: TableName(), ...input }))

const write = async <T>(sent: Promise<T>): Promise<T | undefined> => told(dynamodb.unlessRefused(sent))

/** The item as `ReturnValues` asks for it. */
export async function update(input: Input<typeof dynamodb.UpdateCommand>): Promise<dynamodb.Item | undefined> {
  const answer = await write(dynamo().send(new dynamodb.UpdateCommand({ TableName: TableName(), ...input })))
  return answer && (answer.Attributes ?? {})
}

export const put = async (input: Input<typeof dynamodb.PutCommand>): Promise<boolean> =>
  (await write(dynamo().send(new dynamodb.PutCommand({ TableName: TableName(), ...input })))) !== undefined

export const remove = async (input: Input<typeof dynamodb.DeleteCommand>): Promise<boolean> =>
  (await write(dynamo().send(new dynamodb.DeleteCommand({ TableName: TableName(), ...input })))) !== undefined

export const putAll = (items: readonly dynamodb.Item[]): Promise<void> =>
  told(
    dynamodb.writeAll(
      TableName(),
      items.map((Item) => ({ PutRequest: { Item } })),
      busy,
    ),
  )

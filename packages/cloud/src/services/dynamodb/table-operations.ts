import { notSimulated } from "../../endpoint/errors.ts"
import type { AwsRequest, AwsResponse, Cloud } from "../../service.ts"
import { tableArn } from "./arn.ts"
import { type Database, plain, target } from "./database.ts"
import { bodyOf } from "./request.ts"
import { VIEW_TYPES, type ViewType } from "./streams/stream.ts"
import type { Table } from "./tables.ts"
import { invalid } from "./validation.ts"
import { checkBilling, describedVectors, indexesOf, updateVectors, withoutOwnAttributes } from "./vectors/table-members.ts"

/** dynoxide's own region and account. */
const ENGINE_ARN = /arn:aws:dynamodb:[a-z0-9-]*:\d*:table\/([\w.-]+)/g

const ownArns = (body: Buffer, cloud: Cloud): string =>
  body.toString("utf8").replaceAll(ENGINE_ARN, (_, table: string) => tableArn(cloud, table))

function viewTypeOf(specification: any): ViewType | undefined {
  if (specification === undefined || specification === null) return undefined
  const { StreamEnabled, StreamViewType } = specification
  if (StreamEnabled !== true) {
    if (StreamViewType !== undefined)
      throw invalid("One or more parameter values were invalid: StreamViewType can only be specified if StreamEnabled is true")
    return undefined
  }
  if (StreamViewType === undefined)
    throw invalid("One or more parameter values were invalid: StreamViewType must be specified when StreamEnabled is true")
  if (!VIEW_TYPES.includes(StreamViewType))
    throw invalid(
      `1 validation error detected: Value '${StreamViewType}' at 'streamSpecification.streamViewType' failed to satisfy constraint: Member must satisfy enum value set: [NEW_AND_OLD_IMAGES, OLD_IMAGE, NEW_IMAGE, KEYS_ONLY]`,
    )
  return StreamViewType
}

/** What the engine says of a table, with what it does not know. */
function described(description: any, database: Database): any {
  const { settings, streams } = database
  const { createdAt } = settings.get(description.TableName)
  const stream = streams.of(description.TableName)
  return {
    ...description,
    ...describedVectors(description, database),
    ...(createdAt !== undefined && { CreationDateTime: createdAt / 1000 }),
    ...(stream && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: stream.info.viewType },
      LatestStreamLabel: stream.info.label,
      LatestStreamArn: stream.info.arn,
    }),
  }
}

const ok = (json: object): AwsResponse => ({ status: 200, body: JSON.stringify(json) })

/** The engine's answer to an operation about tables, with our ARNs. */
async function ask(operation: string, json: any, { proxy, cloud }: Database): Promise<{ status: number; json: any }> {
  const { status, body } = await proxy.send(target(operation), Buffer.from(JSON.stringify(json)))
  return { status, json: JSON.parse(ownArns(body, cloud)) }
}

type TableOperation = (json: any, database: Database) => Promise<AwsResponse>

const answer = ({ status, json }: { status: number; json: any }, member: string, database: Database): AwsResponse =>
  status === 200 ? ok({ ...json, [member]: described(json[member], database) }) : { status, body: JSON.stringify(json) }

async function known(name: string, { tables }: Database): Promise<Table> {
  tables.forget(name)
  return (await tables.find(name))!
}

const createTable: TableOperation = async ({ StreamSpecification, VectorIndexes, ...json }, database) => {
  const viewType = viewTypeOf(StreamSpecification)
  const vectors = indexesOf(VectorIndexes, json)
  const created = await ask("CreateTable", withoutOwnAttributes(json, vectors), database)
  if (created.status !== 200) return answer(created, "TableDescription", database)
  const table = await known(json.TableName, database)
  database.settings.change(table.name, { createdAt: database.cloud.now(), ...(vectors.length > 0 && { vectors }) })
  if (viewType) database.streams.enable(table, viewType)
  return answer(created, "TableDescription", database)
}

const updateTable: TableOperation = async (json, database) => {
  const before = await database.tables.find(json.TableName)
  // Without a table the engine refuses.
  if (before && json.StreamSpecification) return updateStream(json, before, database)
  const vectors = before ? database.vectors.of(before.name) : []
  if (before && json.VectorIndexUpdates) {
    const told = await ask("DescribeTable", { TableName: before.name }, database)
    await updateVectors(json, before, told.json.Table, database)
    return answer({ status: 200, json: { TableDescription: told.json.Table } }, "TableDescription", database)
  }
  checkBilling(json, vectors)
  const updated = await ask("UpdateTable", withoutOwnAttributes(json, vectors), database)
  if (updated.status === 200) await known(json.TableName, database)
  return answer(updated, "TableDescription", database)
}

async function updateStream(json: any, table: Table, database: Database): Promise<AwsResponse> {
  const { streams } = database
  const other = Object.keys(json).find((member) => member !== "TableName" && member !== "StreamSpecification")
  if (other) throw notSimulated("dynamodb", `UpdateTable with StreamSpecification and ${other}`)
  const viewType = viewTypeOf(json.StreamSpecification)
  const open = streams.of(table.name)
  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
  if (viewType && open) throw invalid(`Table already has an enabled stream: TableName: ${table.name}`)
  if (!viewType && !open) throw invalid(`Table already has a disabled stream: TableName: ${table.name}`)
  if (viewType) streams.enable(table, viewType)
  else streams.disable(open!)
  const { status, json: told } = await ask("DescribeTable", { TableName: table.name }, database)
  return answer({ status, json: { TableDescription: told.Table } }, "TableDescription", database)
}

const deleteTable: TableOperation = async (json, database) => {
  const deleted = await ask("DeleteTable", json, database)
  const response = answer(deleted, "TableDescription", database)
  if (deleted.status !== 200) return response
  const stream = database.streams.of(json.TableName)
  // Its records can be read for another 24 hours.
  if (stream) database.streams.disable(stream)
  database.tables.forget(json.TableName)
  database.vectors.drop(json.TableName)
  database.settings.drop(json.TableName)
  return response
}

const describeTable: TableOperation = async (json, database) =>
  answer(await ask("DescribeTable", json, database), "Table", database)

const OPERATIONS: Readonly<Record<string, TableOperation>> = {
  CreateTable: createTable,
  UpdateTable: updateTable,
  DeleteTable: deleteTable,
  DescribeTable: describeTable,
}

/** Operations about tables; what this layer adds nothing to is the engine's, with our ARNs. */
export async function tableOperation(request: AwsRequest, operation: string, database: Database): Promise<AwsResponse> {
  const { json } = bodyOf(request)
  const own = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
  if (own) return own(json, database)
  const response = plain(await database.proxy.send(target(operation), request.body))
  return { ...response, body: ownArns(response.body as Buffer, database.cloud) }
}

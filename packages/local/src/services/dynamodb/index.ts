import type { AwsRequest, AwsResponse, Cloud, Service } from "../../service.ts"
import { askForCapacity, isItemOperation, takeCapacity, wantsCapacity } from "./capacity.ts"
import { type Engine, startEngine } from "./engine.ts"
import { authorize, tableName } from "./operations.ts"
import { proxyTo } from "./proxy.ts"
import { withEngineStreams } from "./streams.ts"
import { TYPES } from "./table-type.ts"

interface Options {
  /** Any DynamoDB instead of the engine of this package. */
  endpoint?: string
}

interface Running {
  engine: Engine
  proxy: ReturnType<typeof proxyTo>
}

/** Engines know tables by name; AWS takes an ARN wherever it takes a name. */
function namesOnly(json: any): any {
  if (typeof json !== "object" || json === null) return json
  const named = typeof json.TableName === "string" ? { ...json, TableName: tableName(json.TableName) } : { ...json }
  if (json.RequestItems)
    named.RequestItems = Object.fromEntries(Object.entries(json.RequestItems).map(([table, value]) => [tableName(table), value]))
  if (json.TransactItems)
    named.TransactItems = json.TransactItems.map((item: object) =>
      Object.fromEntries(Object.entries(item).map(([kind, value]) => [kind, namesOnly(value)])),
    )
  return named
}

const bodyOf = (request: AwsRequest): { json: any; body: Buffer } => {
  if (!request.body.includes("arn:")) return { json: request.json, body: request.body }
  const json = namesOnly(request.json)
  return { json, body: Buffer.from(JSON.stringify(json)) }
}

/** DynamoDB on dynoxide, a child process in memory; requests are proxied, authorised per table, index and transaction item, and metered. */
export function dynamodb({ endpoint = process.env.BACKLINE_DYNAMODB_ENDPOINT }: Options = {}): Service {
  let starting: Promise<Running> | undefined
  const streams = withEngineStreams()

  const running = () => (starting ??= startEngine(endpoint).then((engine) => ({ engine, proxy: proxyTo(engine.url) })))

  async function itemOperation(request: AwsRequest, operation: string): Promise<AwsResponse> {
    const { json, body } = bodyOf(request)
    const { proxy } = await running()
    const answer = await proxy.send(request.headers["x-amz-target"]!, wantsCapacity(json) ? body : askForCapacity(body, json))
    if (answer.status !== 200) return { status: answer.status, body: answer.body }
    return { status: 200, ...takeCapacity(operation, answer.body, wantsCapacity(json)) }
  }

  async function otherOperation(request: AwsRequest, operation: string, cloud: Cloud): Promise<AwsResponse> {
    const { body } = bodyOf(request)
    const { proxy } = await running()
    const answer = await proxy.send(request.headers["x-amz-target"]!, streams.toEngine(body, operation))
    return { status: answer.status, body: streams.fromEngine(answer.body, operation, request, cloud) }
  }

  return {
    names: ["dynamodb"],
    protocol: "json",
    types: TYPES,
    start: async () => void (await running()),
    authorize,
    async handle(request, operation, cloud) {
      const answer = isItemOperation(operation)
        ? await itemOperation(request, operation)
        : await otherOperation(request, operation, cloud)
      return { ...answer, headers: { "content-type": "application/x-amz-json-1.0" } }
    },
    /** Item counts by table; a promise, because the engine is asked. */
    async state() {
      const { proxy } = await running()
      const ask = async (operation: string, body: unknown) =>
        JSON.parse((await proxy.send(`DynamoDB_20120810.${operation}`, Buffer.from(JSON.stringify(body)))).body.toString("utf8"))
      const { TableNames = [] }: { TableNames?: string[] } = await ask("ListTables", {})
      const tables = await Promise.all(TableNames.map((TableName) => ask("DescribeTable", { TableName })))
      return tables.map(({ Table }) => ({ name: Table?.TableName, items: Table?.ItemCount }))
    },
    async stop() {
      const stopping = await starting?.catch(() => undefined)
      starting = undefined
      stopping?.proxy.close()
      await stopping?.engine.stop()
    },
  }
}

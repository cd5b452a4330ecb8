import { gunzipSync } from "node:zlib"

/** What a step throws when a test lets the process die there. */
export class Died extends Error {}

type Item = Record<string, any>
const failure = (name: string) => Object.assign(new Error(name), { name, $metadata: {} })

/** For tests: the four services that ingest talks to, in memory, with faults by plan. One world per test. */
export class World {
  readonly objects = new Map<string, Buffer>()
  readonly items = new Map<string, Item>()
  readonly messages: Item[] = []
  readonly puts: { stream: string; keys: string[] }[] = []
  readonly streams = new Map<string, { key: string; text: string }[]>()
  /** Steps done so far, named. */
  readonly steps: string[] = []
  /** Dies before (or, with `after`, right after) this many steps. */
  die?: { at: number; after: boolean }
  /** Decides what becomes of a record of a PutRecords, by the number of the request and the record's text: an error code, or nothing. */
  refuse: (request: number, text: string) => string | undefined = () => undefined
  /** Error of a whole PutRecords request. */
  failPut: (request: number) => string | undefined = () => undefined
  /** Indexes of SQS entries that fail, by the number of the request. */
  failSend: (request: number) => number[] = () => []
  private sends = 0
  private sequence = 1000n

  private async step<T>(name: string, run: () => T): Promise<T> {
    const index = this.steps.length
    if (this.die && !this.die.after && index === this.die.at) throw new Died(`before ${name}`)
    const result = run()
    this.steps.push(name)
    if (this.die?.after && index === this.die.at) throw new Died(`after ${name}`)
    return result
  }

  readonly s3 = {
    send: (command: any) =>
      this.step("put object", () => {
        this.objects.set(command.input.Key, Buffer.from(command.input.Body))
        return {}
      }),
  }

  readonly sqs = {
    send: (command: any) =>
      this.step("send messages", () => {
        const failed = new Set(this.failSend(++this.sends))
        const entries: Item[] = command.input.Entries
        this.messages.push(...entries.filter((_, index) => !failed.has(index)).map(({ MessageBody }) => JSON.parse(MessageBody)))
        return { Failed: entries.filter((_, index) => failed.has(index)).map(({ Id }) => ({ Id })) }
      }),
  }

  readonly kinesis = {
    send: async (command: any) => {
      const { StreamName, Records } = command.input as {
        StreamName: string
        Records: { PartitionKey: string; Data: Uint8Array }[]
      }
      this.puts.push({ stream: StreamName, keys: Records.map(({ PartitionKey }) => PartitionKey) })
      const request = this.puts.length
      const whole = this.failPut(request)
      if (whole) throw failure(whole)
      const log = this.streams.get(StreamName) ?? []
      this.streams.set(StreamName, log)
      const answers = Records.map(({ PartitionKey, Data }) => {
        const text = Buffer.from(Data).toString("utf8")
        const ErrorCode = this.refuse(request, text)
        if (ErrorCode) return { ErrorCode, ErrorMessage: "no" }
        log.push({ key: PartitionKey, text })
        return { ShardId: "shardId-000000000000", SequenceNumber: String(++this.sequence) }
      })
      return { Records: answers, FailedRecordCount: answers.filter((answer) => "ErrorCode" in answer).length }
    },
  }

  readonly dynamo = {
    send: (command: any) => {
      const { input } = command
      switch (command.constructor.name) {
        case "GetCommand":
          return this.step("read progress", () => ({ Item: this.items.get(`${input.Key.pk} ${input.Key.sk}`) }))
        case "QueryCommand":
          return this.step("query", () => this.query(input))
        case "UpdateCommand":
          return this.step("mark", () => this.mark(input))
        default:
          return this.step("commit", () => this.transact(input.TransactItems))
      }
    },
  }

  private query({ ExpressionAttributeValues: values, Limit }: Item) {
    const found = [...this.items.values()]
      .filter(({ pk, sk }) => pk === values[":pk"] && (!values[":after"] || sk < values[":after"]))
      .sort((a, b) => (a.sk < b.sk ? -1 : 1))
    return { Items: found.slice(0, Limit ?? found.length) }
  }

  private mark({ Key, ExpressionAttributeValues: values }: Item) {
    const item = this.items.get(`${Key.pk} ${Key.sk}`)
    if (!item) throw failure("ConditionalCheckFailedException")
    Object.assign(item, { announcedAt: values[":now"], announcements: values[":count"] })
    return {}
  }

  private transact(writes: { Put: Item }[]) {
    for (const { Put } of writes) {
      const before = this.items.get(`${Put.Item.pk} ${Put.Item.sk}`)
      const { ConditionExpression: condition, ExpressionAttributeValues: values } = Put
      if (
        (condition === "attribute_not_exists(pk)" && before) ||
        (condition?.startsWith("#consumed =") && before?.consumed !== values[":before"])
      )
        throw failure("TransactionCanceledException")
    }
    for (const { Put } of writes) this.items.set(`${Put.Item.pk} ${Put.Item.sk}`, structuredClone(Put.Item))
    return {}
  }

  /** Lines of a quarantine object. */
  quarantined(): Item[] {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith("quarantine/"))
    return keys.flatMap((key) =>
      gunzipSync(this.objects.get(key)!)
        .toString()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    )
  }

  pending = (): Item[] => [...this.items.values()].filter(({ pk }) => pk.startsWith("pending#"))
  progress = (): Item | undefined => [...this.items.values()].find(({ pk }) => pk === "progress")
}

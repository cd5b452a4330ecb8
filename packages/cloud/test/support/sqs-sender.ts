import { Queues } from "../../src/services/sqs/index.ts"

// Sends messages for ever and says each one's id once it is acknowledged: sqs-sender.ts <folder>
const queues = new Queues()
const at = Date.now()
queues.open(process.argv[2], at)
const definition = { arn: "arn:aws:sqs:us-east-1:123456789012:jobs", tags: {}, createdAt: at, modifiedAt: at }
const attributes = { MessageRetentionPeriod: "345600", VisibilityTimeout: "30", DelaySeconds: "0" }
queues.commit({ kind: "define", at, queue: { ...definition, name: "jobs", attributes } })
const queue = queues.get("jobs")
const send = () => {
  const now = Date.now()
  const times = { sentAt: now, enteredAt: now, visibleAt: now }
  const id = crypto.randomUUID()
  queues.send(queue, [{ id, body: "x".repeat(500), md5: "", sender: "", size: 500, ...times, receives: 0, receivesHere: 0 }], now)
  process.stdout.write(`${id}\n`)
  setImmediate(send)
}
send()

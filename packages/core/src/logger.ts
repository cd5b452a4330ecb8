import { createContext } from "./context.ts"
import { now } from "./clock.ts"
import { config } from "./config.ts"

type Fields = Record<string, unknown>
const context = createContext<Fields>("log fields", () => ({}))

/** Runs `body` with fields that every line below it carries (requestId, userId, connectionId, …). */
export const withLogFields = <R>(fields: Fields, body: () => R): R => context.with({ ...context.use(), ...fields }, body)

const plain = (value: unknown): unknown =>
  value instanceof Error ? { name: value.name, message: value.message, stack: value.stack, cause: plain(value.cause) } : value

/** In text the runtime puts the request's id in front of what it gets. In JSON it would put it into an envelope, where no metric is found. */
function print(line: string): void {
  if (config("AWS_LAMBDA_LOG_FORMAT") === "JSON") process.stdout.write(`${line}\n`)
  else console.log(line)
}

function write(level: "info" | "warn" | "error", message: string, fields: Fields = {}): void {
  const line: Fields = { level, message, at: now(), ...context.use() }
  for (const [key, value] of Object.entries(fields)) line[key] = plain(value)
  print(JSON.stringify(line))
}

/** JSON lines; messages are constant and in the past tense, what varies is a field. Never log tokens, tickets or bodies. */
export const log = {
  info: (message: string, fields?: Fields) => write("info", message, fields),
  warn: (message: string, fields?: Fields) => write("warn", message, fields),
  error: (message: string, fields?: Fields) => write("error", message, fields),
}

/** Counts as CloudWatch metrics in the embedded metric format, without an API call: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
export function metric(values: Record<string, number>, dimensions: Record<string, string> = {}): void {
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: "Count" }))
  const CloudWatchMetrics = [{ Namespace: "Backline", Dimensions: [Object.keys(dimensions)], Metrics }]
  print(JSON.stringify({ _aws: { Timestamp: now(), CloudWatchMetrics }, ...dimensions, ...values }))
}

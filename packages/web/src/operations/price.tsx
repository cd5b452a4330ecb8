import { plural } from "../format/number.ts"
import { toWords } from "../format/words.ts"
import { control } from "./control.ts"
import { formatMicroUsd } from "./format.ts"
import { Nothing, Panel } from "./panel.tsx"
import { type Spent, spent } from "./spent.ts"
import { useLocal, usePoll } from "./use-local.ts"
import type { Bill } from "./wire.ts"

/** What just happened would have cost in AWS: the last question, a message, an hour like the last minutes. */
export function PricePanel() {
  const { resources } = useLocal()
  const query = usePoll({ key: ["price"], ask: (signal) => spent(control, resources, signal), everyMs: 3_000 })
  return (
    <section className="ops-card" aria-labelledby="ops-price">
      <header className="ops-card-head">
        <h2 id="ops-price">What this would cost in AWS</h2>
        {query.data && (
          <p>
            Prices of {query.data.all.asOf}, {query.data.all.region}, without free tiers
          </p>
        )}
      </header>
      <Panel query={query} label="Prices are loading" lines={4}>
        {(data) => <Prices spent={data} />}
      </Panel>
    </section>
  )
}

const SERVICES: Record<string, string> = {
  apigateway: "API Gateway",
  bedrock: "Bedrock",
  cloudfront: "CloudFront",
  dynamodb: "DynamoDB",
  events: "EventBridge",
  kinesis: "Kinesis",
  lambda: "Lambda",
  logs: "CloudWatch Logs",
  redshift: "Redshift",
  s3: "S3",
  sns: "SNS",
  sqs: "SQS",
  cloudwatch: "CloudWatch",
  waf: "WAF",
  kms: "KMS",
  secretsmanager: "Secrets Manager",
}
const serviceName = (service: string): string => SERVICES[service] ?? toWords(service)

const byCost = ({ services }: Bill): [service: string, microUsd: number][] =>
  Object.entries(services)
    .map(([service, { microUsd }]): [string, number] => [service, microUsd])
    .toSorted((a, b) => b[1] - a[1])

/** The dearest services of a bill, then all that is left in one line. */
function linesOf(bill: Bill, most = 3): [label: string, microUsd: number, counted: string][] {
  const all = byCost(bill).map(([service, microUsd]): [string, number, string] => [
    serviceName(service),
    microUsd,
    itemsOf(bill, service),
  ])
  if (all.length <= most + 1) return all
  const others = all.slice(most)
  const sum = others.reduce((total, [, microUsd]) => total + microUsd, 0)
  return [...all.slice(0, most), ["Everything else", sum, others.map(([name]) => name).join(", ")]]
}

interface FigureProps {
  label: string
  about: string
  microUsd?: number
  lines?: readonly (readonly [label: string, microUsd: number, counted?: string])[]
  testId: string
}

/** One price, what it is of, and what it is made of. */
function Figure({ label, about, microUsd, lines = [], testId }: FigureProps) {
  return (
    <section className="ops-priced">
      <h3>{label}</h3>
      <p className="ops-figure tabular" data-testid={testId} data-micro-usd={microUsd ?? 0}>
        {microUsd === undefined ? "–" : formatMicroUsd(microUsd)}
      </p>
      <p className="ops-cell-more">{about}</p>
      <dl>
        {lines.map(([name, amount, counted]) => (
          <div key={name} title={counted}>
            <dt>{name}</dt>
            <dd className="tabular">{formatMicroUsd(amount)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Prices({ spent: { question, message, hour, all } }: { spent: Spent }) {
  const services = linesOf(all, 6)
  const most = services[0]?.[1] ?? 0
  return (
    <div className="ops-price">
      <div className="ops-figures">
        <Figure
          label="The last question"
          testId="price-question"
          about={question ? "One run of the assistant" : "Ask the assistant something"}
          microUsd={question?.microUsd}
          lines={question && linesOf(question)}
        />
        <Figure
          label="A message"
          testId="price-message"
          about={message ? `Mean of ${plural(message.count, "frame")}` : "No socket has sent one yet"}
          microUsd={message?.bill.microUsd}
          lines={message && linesOf(message.bill)}
        />
        <Figure
          label="An hour like this"
          testId="price-hour"
          about={`Pace of the last ${plural(hour.minutes, "minute")}`}
          microUsd={hour.busyMicroUsd + hour.idleMicroUsd}
          lines={[
            ["Use", hour.busyMicroUsd],
            ["Standing there", hour.idleMicroUsd],
          ]}
        />
      </div>
      <div className="ops-bill">
        <h3>
          Since the start <span className="tabular">{formatMicroUsd(all.microUsd)}</span>
        </h3>
        {services.length === 0 && <Nothing>Nothing has been charged yet.</Nothing>}
        <ul>
          {services.map(([name, microUsd, counted]) => (
            <li key={name} title={counted}>
              <span>{name}</span>
              <meter min={0} max={most} value={microUsd} aria-hidden />
              <span className="tabular">{formatMicroUsd(microUsd)}</span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}

/** What was counted: `readRequestUnit 66, writeRequestUnit 69`. */
const itemsOf = ({ services }: Bill, service: string): string =>
  Object.entries(services[service]?.items ?? {})
    .map(([item, { quantity }]) => `${toWords(item)} ${Number(quantity.toPrecision(4))}`)
    .join(", ")

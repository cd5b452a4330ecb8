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

/** `Lambda $0.000031 · DynamoDB $0.0000025` */
const parts = (bill: Bill): string =>
  byCost(bill)
    .slice(0, 3)
    .map(([service, microUsd]) => `${serviceName(service)} ${formatMicroUsd(microUsd)}`)
    .join(" · ")

function Prices({ spent: { question, message, hour, all } }: { spent: Spent }) {
  const services = byCost(all)
  const most = services[0]?.[1] ?? 0
  return (
    <div className="ops-price">
      <dl className="ops-figures">
        <div>
          <dt>The last question</dt>
          <dd className="ops-figure tabular" data-testid="price-question" data-micro-usd={question?.microUsd ?? 0}>
            {question ? formatMicroUsd(question.microUsd) : "–"}
          </dd>
          <dd className="ops-cell-more">
            {question ? `The worker's run: ${parts(question)}` : "Ask the assistant something and its price stands here."}
          </dd>
        </div>
        <div>
          <dt>A message</dt>
          <dd className="ops-figure tabular" data-testid="price-message">
            {message ? formatMicroUsd(message.microUsd) : "–"}
          </dd>
          <dd className="ops-cell-more">
            {message
              ? `Mean of ${plural(message.count, "frame")} of sockets and what they set off`
              : "No socket has sent one yet."}
          </dd>
        </div>
        <div>
          <dt>An hour like this</dt>
          <dd className="ops-figure tabular" data-testid="price-hour">
            {formatMicroUsd(hour.busyMicroUsd + hour.idleMicroUsd)}
          </dd>
          <dd className="ops-cell-more">
            {formatMicroUsd(hour.busyMicroUsd)} at the pace of the last {plural(hour.minutes, "minute")},{" "}
            {formatMicroUsd(hour.idleMicroUsd)} for standing there
          </dd>
        </div>
      </dl>
      <div className="ops-bill">
        <h3>
          Since the start <span className="tabular">{formatMicroUsd(all.microUsd)}</span>
        </h3>
        {services.length === 0 && <Nothing>Nothing has been charged yet.</Nothing>}
        <ul>
          {services.map(([service, microUsd]) => (
            <li key={service} title={itemsOf(all, service)}>
              <span>{serviceName(service)}</span>
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

/**
 * What AWS asks in us-east-1, on demand, without free tiers and volume steps. Every figure is in millionths of a US dollar (micro-USD) per
 * unit, so a price per million units in dollars stands here unchanged.
 */
export const PRICES = {
  asOf: "2026-11-21",
  region: "us-east-1",
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/ : the bytes of vector searches and writes have a price, too, which is not known here, so no line */
  dynamodb: { readRequestUnit: 0.125, writeRequestUnit: 0.625 },
  /** https://aws.amazon.com/s3/pricing/ : $0.005 and $0.0004 per 1,000 requests; DELETE and CANCEL are free */
  s3: { putLike: 5, getLike: 0.4 },
  /** https://aws.amazon.com/sqs/pricing/ : each 64 KB of a request's payload is a request */
  sqs: { standard: 0.4, fifo: 0.5, chunkBytes: 64 * 1024 },
  /** https://aws.amazon.com/sns/pricing/ */
  sns: { publish: 0.5, chunkBytes: 64 * 1024 },
  /** https://aws.amazon.com/eventbridge/pricing/ */
  events: { event: 1, chunkBytes: 64 * 1024 },
  /** https://aws.amazon.com/kinesis/data-streams/pricing/ : PUT payload units of 25 KB */
  kinesis: { payloadUnit: 0.014, unitBytes: 25 * 1024, shardHour: 15_000, onDemandStreamHour: 40_000 },
  /** https://aws.amazon.com/lambda/pricing/ : a duration counts in whole milliseconds, initialization included since August 2025 */
  lambda: { request: 0.2, gbSecond: { arm64: 13.3334, x86_64: 16.6667 } },
  /** https://aws.amazon.com/api-gateway/pricing/ */
  apigateway: {
    httpRequest: 1,
    httpUnitBytes: 512 * 1024,
    message: 1,
    messageUnitBytes: 32 * 1024,
    connectionMinute: 0.25,
  },
  /** https://aws.amazon.com/redshift/pricing/ : $0.375 per RPU-hour, by the second, 60 seconds at least whenever it wakes up */
  redshift: { rpuSecond: 375_000 / 3_600, minimumSeconds: 60 },
  /** https://aws.amazon.com/cloudwatch/pricing/ : $0.50 per GB of log events, each with 26 bytes more than its text */
  logs: { byte: 500_000 / 2 ** 30 },
  /** https://aws.amazon.com/cloudfront/pricing/ : HTTPS requests, data out to the internet; North America and Europe */
  cloudfront: { request: 1, byteOut: 85_000 / 2 ** 30 },
  /** https://aws.amazon.com/bedrock/pricing/ : per token in and out, on demand */
  bedrock: {
    "amazon.nova-micro": { input: 0.035, output: 0.14 },
    "amazon.nova-lite": { input: 0.06, output: 0.24 },
    "amazon.nova-pro": { input: 0.8, output: 3.2 },
    "anthropic.claude-haiku-4-5": { input: 1, output: 5 },
    "anthropic.claude-sonnet-4-6": { input: 3, output: 15 },
    "anthropic.claude-opus-4-7": { input: 5, output: 25 },
  } as Readonly<Record<string, { input: number; output: number }>>,
  /** Per hour of 730 to the month: https://aws.amazon.com/cloudwatch/pricing/ https://aws.amazon.com/waf/pricing/ https://aws.amazon.com/kms/pricing/ https://aws.amazon.com/secrets-manager/pricing/ */
  monthly: { alarm: 100_000, dashboard: 3_000_000, webAcl: 5_000_000, webAclRule: 1_000_000, key: 1_000_000, secret: 400_000 },
} as const

/** AWS's own month: 730 hours. */
export const HOURS_PER_MONTH = 730

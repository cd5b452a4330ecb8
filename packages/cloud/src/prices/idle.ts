import type { Assembly } from "../assembly/index.ts"
import { type Charge, charge } from "./charge.ts"
import { HOURS_PER_MONTH, PRICES } from "./prices.ts"

type Properties = Record<string, any>

const monthly = (service: string, item: string, quantity: number, each: number): Charge[] =>
  charge(service, item, quantity, each / HOURS_PER_MONTH)

const { monthly: MONTHLY, kinesis: KINESIS } = PRICES

/** What a resource costs for every hour that it exists, used or not. */
const HOURLY: Readonly<Record<string, (properties: Properties) => Charge[]>> = {
  "AWS::Kinesis::Stream": ({ StreamModeDetails, ShardCount }) =>
    StreamModeDetails?.StreamMode === "ON_DEMAND"
      ? charge("kinesis", "onDemandStreamHour", 1, KINESIS.onDemandStreamHour)
      : charge("kinesis", "shardHour", Number(ShardCount ?? 1), KINESIS.shardHour),
  "AWS::CloudWatch::Alarm": () => monthly("cloudwatch", "alarm", 1, MONTHLY.alarm),
  "AWS::CloudWatch::CompositeAlarm": () => monthly("cloudwatch", "compositeAlarm", 1, MONTHLY.alarm * 5),
  "AWS::CloudWatch::Dashboard": () => monthly("cloudwatch", "dashboard", 1, MONTHLY.dashboard),
  "AWS::WAFv2::WebACL": ({ Rules }) => [
    ...monthly("waf", "webAcl", 1, MONTHLY.webAcl),
    ...monthly("waf", "rule", Array.isArray(Rules) ? Rules.length : 0, MONTHLY.webAclRule),
  ],
  "AWS::KMS::Key": () => monthly("kms", "key", 1, MONTHLY.key),
  "AWS::SecretsManager::Secret": () => monthly("secretsmanager", "secret", 1, MONTHLY.secret),
}

/** Micro-USD per hour of what the templates keep running. Storage is not counted: it depends on what is stored. */
export const idleCharges = ({ resources, idle }: Pick<Assembly, "resources" | "idle">): Charge[] =>
  [...resources, ...idle.map(({ type }) => ({ type, properties: {} }))].flatMap(
    ({ type, properties }) => HOURLY[type]?.(properties) ?? [],
  )

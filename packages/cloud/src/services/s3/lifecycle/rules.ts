import type { Version } from "../storage/records.ts"
import { storageClassOf } from "../wire/description.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html */
export interface LifecycleRule {
  id: string
  prefix: string
  tags: Record<string, string>
  /** Bytes, exclusive. */
  largerThan?: number
  smallerThan?: number
  expireDays?: number
  expireAt?: number
  /** Removes delete markers that hide nothing. */
  expireMarkers?: boolean
  noncurrent?: { days: number; keep: number }
  abortDays?: number
  transitions: { storageClass: string; days?: number; at?: number }[]
}

const KNOWN = [
  "Id",
  "Status",
  "Prefix",
  "TagFilters",
  "ObjectSizeGreaterThan",
  "ObjectSizeLessThan",
  "ExpirationInDays",
  "ExpirationDate",
  "ExpiredObjectDeleteMarker",
  "NoncurrentVersionExpiration",
  "NoncurrentVersionExpirationInDays",
  "AbortIncompleteMultipartUpload",
  "Transition",
  "Transitions",
]

const number = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value))
const instant = (value: unknown): number | undefined => (value === undefined ? undefined : Date.parse(String(value)))

/** `LifecycleConfiguration.Rules` of AWS::S3::Bucket, those that are enabled. Throws by name for what is not simulated. */
export function readLifecycle(configuration: Record<string, any> = {}): LifecycleRule[] {
  const where = "AWS::S3::Bucket.LifecycleConfiguration"
  const { Rules = [], ...others } = configuration as { Rules?: Record<string, any>[] }
  const [unknown] = Object.keys(others).filter((name) => name !== "TransitionDefaultMinimumObjectSize")
  if (unknown !== undefined) throw new Error(`NOT_SIMULATED: ${where}.${unknown}`)
  const all = Rules.map((rule, index) => readRule(rule, index, `${where}.Rules`))
  return all.filter((_, index) => Rules[index]!.Status === "Enabled")
}

function readRule(rule: Record<string, any>, index: number, where: string): LifecycleRule {
  const strange = Object.keys(rule).find((name) => !KNOWN.includes(name))
  if (strange !== undefined) throw new Error(`NOT_SIMULATED: ${where}.${strange}`)
  const noncurrentDays = number(rule.NoncurrentVersionExpiration?.NoncurrentDays ?? rule.NoncurrentVersionExpirationInDays)
  const transitions = [...(rule.Transitions ?? []), ...(rule.Transition ? [rule.Transition] : [])] as Record<string, any>[]
  return {
    id: String(rule.Id ?? `rule-${index}`),
    prefix: String(rule.Prefix ?? ""),
    tags: Object.fromEntries(((rule.TagFilters ?? []) as any[]).map(({ Key, Value }) => [String(Key), String(Value)])),
    largerThan: number(rule.ObjectSizeGreaterThan),
    smallerThan: number(rule.ObjectSizeLessThan),
    expireDays: number(rule.ExpirationInDays),
    expireAt: instant(rule.ExpirationDate),
    expireMarkers: String(rule.ExpiredObjectDeleteMarker ?? false) === "true",
    ...(noncurrentDays !== undefined && {
      noncurrent: { days: noncurrentDays, keep: number(rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions) ?? 0 },
    }),
    abortDays: number(rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation),
    transitions: transitions.map(({ StorageClass, TransitionInDays, TransitionDate }) => ({
      storageClass: storageClassOf(String(StorageClass)),
      days: number(TransitionInDays),
      at: instant(TransitionDate),
    })),
  }
}

const DAY_MS = 86_400_000

/** So many days after a moment, rounded up to midnight UTC. https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html#intro-lifecycle-rules-number-of-days */
export const dueAfter = (at: number, days: number): number => Math.ceil((at + days * DAY_MS) / DAY_MS) * DAY_MS

/** Whether a rule is about an object. */
export const concerns = (rule: LifecycleRule, { key, size, tags = {} }: Pick<Version, "key" | "size" | "tags">): boolean =>
  key.startsWith(rule.prefix) &&
  size > (rule.largerThan ?? -1) &&
  size < (rule.smallerThan ?? Number.POSITIVE_INFINITY) &&
  Object.entries(rule.tags).every(([name, value]) => tags[name] === value)

/** When the newest version of an object expires, and by which rule: the earliest counts. */
export function expiryOf(rules: readonly LifecycleRule[], version: Version): { at: number; id: string } | undefined {
  return rules
    .filter((rule) => concerns(rule, version))
    .flatMap(({ id, expireDays, expireAt }) => [
      ...(expireDays === undefined ? [] : [{ id, at: dueAfter(version.at, expireDays) }]),
      ...(expireAt === undefined ? [] : [{ id, at: expireAt }]),
    ])
    .toSorted((a, b) => a.at - b.at)[0]
}

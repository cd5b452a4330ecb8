import { createHash } from "node:crypto"
import type { Call } from "../../../packages/cloud/src/call.ts"

/** What is different by nature in every run: ids, times, sequence numbers. What stands for it keeps equal ones apart from different kinds. */
const RANDOM: readonly [RegExp, string][] = [
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<uuid>"],
  [/\b[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}\b/g, "<ulid>"],
  [/@connections\/[^/]+/g, "@connections/<connection>"],
  [/\b[0-9a-f]{24,}\b/g, "<hash>"],
  // Queues' names end at random, so that no page can guess them.
  [/-[0-9A-F]{12}(?=(?:\.fifo)?$)/g, "-<random>"],
  [/\d{10,}/g, "<number>"],
  [/\d{4}[-/]\d\d[-/]\d\d/g, "<date>"],
]

/** How often the runtime looks for work, and when it ships lines, depends on how long something took. */
const TIMED = new Set([
  "kinesis GetRecords",
  "kinesis GetShardIterator",
  "sqs ReceiveMessage",
  "logs CreateLogStream",
  "logs PutLogEvents",
  "redshift-data DescribeStatement",
])

/** Runs every minute, so whether it ran depends on how long the rest took. */
const isByTheMinute = ({ caller, access }: Call): boolean =>
  [caller, ...access.map(({ resource }) => resource)].some((name) => name.includes("Reannounce"))

const masked = (text: string): string => RANDOM.reduce((masking, [pattern, name]) => masking.replaceAll(pattern, name), text)

/** A call without what differs by nature: no ids, times or sizes; who asked for what on what, what was decided, and the units that are billed. */
function canonical({ caller, service, operation, access, decision, status, attempt, units }: Call): string {
  const { bytes: _, bytesIn: _in, bytesOut: _out, ...counted } = units
  const asked = access.map((each) => [each.action, masked(each.resource), each.decision, each.statement])
  return JSON.stringify([masked(caller), service, operation, asked, decision, status, attempt, counted])
}

/**
 * What every caller asked for, callers and lines in the order of the alphabet: functions run side by side, and so do the calls of one
 * function. A `paced` caller looks or writes every so many milliseconds while an answer is made: its calls count once, without units, and
 * its looking (GetItem) not at all.
 */
export function canonicalLog(calls: readonly Call[], paced: RegExp): string[] {
  const counted = calls
    .filter((call) => !isByTheMinute(call))
    .filter(
      ({ caller, service, operation }) =>
        !TIMED.has(`${service} ${operation}`) && !(paced.test(caller) && service === "dynamodb" && operation === "GetItem"),
    )
  const lines = counted.map((call) => canonical(paced.test(call.caller) ? { ...call, units: {} } : call))
  const seen = new Set<string>()
  return lines.filter((line, index) => !paced.test(counted[index]!.caller) || (!seen.has(line) && seen.add(line))).toSorted()
}

export const hashOf = (lines: readonly string[]): string =>
  createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16)

import { type Access, AwsError, type Cloud, type Place } from "../../service.ts"
import { pageOf, readToken, writeToken } from "../page-token.ts"
import { readPattern } from "./filter-pattern.ts"
import type { LogEvent, LogStore } from "./store.ts"

interface Operation {
  /** Resource after `log-group:<name>`; CloudWatch Logs authorises streams even when it makes one. */
  resource(json: any): string
  run(json: any, store: LogStore, cloud: Cloud): unknown
}

export const groupArn = ({ region, account }: Place, name: string): string =>
  `arn:aws:logs:${region}:${account}:log-group:${name}`

const group = (json: any): string =>
  String(json.logGroupName ?? json.logGroupIdentifier ?? "").replace(/^arn:.*:log-group:([^:]*).*$/, "$1")
const onGroup = () => ""
const onStream = (json: any) => `:log-stream:${json.logStreamName ?? ""}`
const PAGE = 1_000

const invalidToken = (reason: string) =>
  new AwsError("InvalidParameterException", `The specified nextToken is invalid: ${reason}`)

/** Events of a group, oldest first, at most 1,000 (or `limit`); `nextToken` goes on with the filter that it was given for. */
function filterEvents(json: any, store: LogStore) {
  const { logStreamNames: names, logStreamNamePrefix: prefix, startTime: start, endTime: end, filterPattern: pattern } = json
  const given = {
    logGroupName: group(json),
    logStreamNames: names,
    logStreamNamePrefix: prefix,
    startTime: start,
    endTime: end,
    filterPattern: pattern,
  }
  const token = readToken(json.nextToken, given, invalidToken)
  const asked = token?.asked ?? given
  const { logStreamNames, logStreamNamePrefix = "", startTime = 0, filterPattern = "" } = asked
  const { endTime = Number.POSITIVE_INFINITY } = asked
  const { limit = PAGE } = json
  const after = Number(token?.position ?? 0)
  const matches = readPattern(String(filterPattern))
  const found = store
    .group(group(json))
    .events.filter((event) => event.n > after && event.timestamp >= startTime && event.timestamp < endTime)
    .filter(({ stream }) => stream.startsWith(logStreamNamePrefix) && (!logStreamNames || logStreamNames.includes(stream)))
    .filter(({ message }) => matches(message))
  const page = found.slice(0, Math.min(limit, PAGE))
  const events = page.map(({ n, stream, ...event }) => ({ ...event, logStreamName: stream, eventId: String(n) }))
  return { events, searchedLogStreams: [], ...(found.length > page.length && { nextToken: writeToken(page.at(-1)!.n, asked) }) }
}

/** At most 50 at once, unless fewer are asked for: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html */
const MOST_DESCRIBED = 50

/** A page of what `all` gives for a filter; the token of the next keeps the filter. */
function described<Filter extends Record<string, any>, Item>(json: any, given: Filter, all: (filter: Filter) => Item[]) {
  const { limit = MOST_DESCRIBED } = json
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_DESCRIBED)
    throw new AwsError("InvalidParameterException", `limit is a number from 1 to ${MOST_DESCRIBED}.`)
  const token = readToken(json.nextToken, given, invalidToken)
  const asked = token?.asked ?? given
  const { items, next } = pageOf(all(asked), token?.position ?? 0, limit, asked)
  return { items, nextToken: next }
}

function streamEvents(json: any, store: LogStore) {
  const after = Number(/^f\/(\d+)$/.exec(json.nextToken ?? "")?.[1] ?? 0)
  const found = store.group(group(json)).events.filter((event) => event.stream === json.logStreamName && event.n > after)
  const page = json.startFromHead || after > 0 ? found.slice(0, json.limit ?? PAGE) : found.slice(-(json.limit ?? PAGE))
  const events = page.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime }))
  return { events, nextForwardToken: `f/${page.at(-1)?.n ?? after}`, nextBackwardToken: `b/${page[0]?.n ?? after}` }
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateLogGroup: { resource: onGroup, run: (json, store) => (store.createGroup(group(json)), {}) },
  CreateLogStream: {
    resource: () => ":log-stream:",
    run: (json, store, cloud) => (store.createStream(group(json), json.logStreamName, cloud.now()), {}),
  },
  PutLogEvents: {
    resource: onStream,
    run(json, store, cloud) {
      const events: LogEvent[] = json.logEvents ?? []
      store.put(group(json), json.logStreamName, events, cloud.now())
      return { nextSequenceToken: "0" }
    },
  },
  GetLogEvents: { resource: onStream, run: streamEvents },
  FilterLogEvents: { resource: onGroup, run: filterEvents },
  DescribeLogGroups: {
    resource: onGroup,
    run(json, store, cloud) {
      const given = { logGroupNamePrefix: json.logGroupNamePrefix }
      const all = ({ logGroupNamePrefix = "" }) => [...store.groups.keys()].filter((name) => name.startsWith(logGroupNamePrefix))
      const { items, nextToken } = described(json, given, all)
      return {
        logGroups: items.map((logGroupName) => ({ logGroupName, arn: `${groupArn(cloud, logGroupName)}:*` })),
        nextToken,
      }
    },
  },
  DescribeLogStreams: {
    resource: () => ":log-stream:",
    run(json, store) {
      const { streams } = store.group(group(json))
      const given = { logGroupName: group(json), logStreamNamePrefix: json.logStreamNamePrefix }
      const all = ({ logStreamNamePrefix = "" }) => [...streams].filter(([name]) => name.startsWith(logStreamNamePrefix))
      const { items, nextToken } = described(json, given, all)
      return { logStreams: items.map(([logStreamName, { creationTime }]) => ({ logStreamName, creationTime })), nextToken }
    },
  },
}

export const accessOf = (operation: string, json: any, place: Place): Access[] => [
  { action: `logs:${operation}`, resource: groupArn(place, group(json)) + OPERATIONS[operation]!.resource(json) },
]

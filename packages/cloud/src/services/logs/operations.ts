import type { Access, Cloud, Place } from "../../service.ts"
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

/** Events of a group from the position in `nextToken`, oldest first, at most 1,000 (or `limit`). */
function filterEvents(json: any, store: LogStore) {
  const {
    logStreamNames,
    logStreamNamePrefix = "",
    startTime = 0,
    endTime = Number.POSITIVE_INFINITY,
    filterPattern = "",
    limit = PAGE,
    nextToken = "0",
  } = json
  const matches = readPattern(String(filterPattern))
  const found = store
    .group(group(json))
    .events.filter((event) => event.n > Number(nextToken) && event.timestamp >= startTime && event.timestamp < endTime)
    .filter(({ stream }) => stream.startsWith(logStreamNamePrefix) && (!logStreamNames || logStreamNames.includes(stream)))
    .filter(({ message }) => matches(message))
  const page = found.slice(0, Math.min(limit, PAGE))
  const events = page.map(({ n, stream, ...event }) => ({ ...event, logStreamName: stream, eventId: String(n) }))
  return { events, searchedLogStreams: [], ...(found.length > page.length && { nextToken: String(page.at(-1)!.n) }) }
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
    run: ({ logGroupNamePrefix = "" }, store, cloud) => ({
      logGroups: [...store.groups.keys()]
        .filter((name) => name.startsWith(logGroupNamePrefix))
        .map((logGroupName) => ({ logGroupName, arn: `${groupArn(cloud, logGroupName)}:*` })),
    }),
  },
  DescribeLogStreams: {
    resource: () => ":log-stream:",
    run: (json, store) => ({
      logStreams: [...store.group(group(json)).streams]
        .filter(([name]) => name.startsWith(json.logStreamNamePrefix ?? ""))
        .map(([logStreamName, { creationTime }]) => ({ logStreamName, creationTime })),
    }),
  },
}

export const accessOf = (operation: string, json: any, place: Place): Access[] => [
  { action: `logs:${operation}`, resource: groupArn(place, group(json)) + OPERATIONS[operation]!.resource(json) },
]

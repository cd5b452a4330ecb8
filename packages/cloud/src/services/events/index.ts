import { randomUUID } from "node:crypto"
import { notSimulated } from "../../endpoint/errors.ts"
import type { Cloud, Service } from "../../service.ts"
import { Buses } from "./bus.ts"
import { DescribeRule } from "./describe-rule.ts"
import { timeOf } from "./event.ts"
import { ListRules } from "./list-rules.ts"
import { ListTargetsByRule } from "./list-targets-by-rule.ts"
import type { Operation } from "./operation.ts"
import { PutEvents } from "./put-events.ts"
import { PutRule } from "./put-rule.ts"
import { PutTargets } from "./put-targets.ts"
import { eventsTypes } from "./resource-types.ts"
import { Router } from "./router.ts"
import type { Rule } from "./rule.ts"
import { follow } from "./scheduled.ts"
import { TestEventPattern } from "./test-event-pattern.ts"

const OPERATIONS: Readonly<Record<string, Operation>> = {
  PutEvents,
  TestEventPattern,
  PutRule,
  PutTargets,
  DescribeRule,
  ListRules,
  ListTargetsByRule,
}

/** EventBridge, and the way on which services of this cloud put their own events on the default bus. */
export interface Events extends Service {
  emit(event: { source: string; detailType: string; detail: object; resources?: readonly string[] }): void
}

/** Buses, rules on patterns and schedules, targets with retries and dead letters. */
export function events(): Events {
  let running: Cloud | undefined
  const buses = new Buses()
  const router = new Router(buses, () => running!)

  function place(rule: Rule): void {
    const rules = buses.rules(rule.record.busArn.split("/").at(-1)!)
    rules.get(rule.name)?.callOff()
    rules.set(rule.name, rule)
    follow(rule, running!, router)
  }

  return {
    names: ["events"],
    operations: Object.keys(OPERATIONS),
    protocol: "json",
    types: eventsTypes(buses, place),
    async start(cloud) {
      running = cloud
      router.open(cloud.data)
    },
    ready: () => router.resume(),

    authorize(request, cloud) {
      const operation = request.headers["x-amz-target"]?.replace("AWSEvents.", "") ?? "(none)"
      const known = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
      if (!known) throw notSimulated("events", operation)
      return { operation, access: known.access({ input: request.json ?? {}, cloud }) }
    },
    async handle(request, operation, cloud) {
      const answer = OPERATIONS[operation]!.run({ input: request.json ?? {}, buses, router, cloud, request, place })
      return {
        status: 200,
        headers: { "content-type": "application/x-amz-json-1.1" },
        body: JSON.stringify(answer),
        units: { requests: 1, bytes: request.body.length },
      }
    },

    emit({ source, detailType, detail, resources = [] }) {
      const { account, region } = running!
      router.put("default", {
        version: "0",
        id: randomUUID(),
        "detail-type": detailType,
        source,
        account,
        time: timeOf(running!.now()),
        region,
        resources,
        detail: JSON.stringify(detail),
      })
    },

    state: () => ({
      waiting: router.waiting,
      buses: buses.names(),
      rules: buses
        .all()
        .map(({ arn, name, record, next, matched }) => ({ rule: name, arn, enabled: record.enabled, next, fired: matched })),
    }),
    async stop() {
      router.stop()
      for (const rule of buses.all()) rule.callOff()
    },
  }
}

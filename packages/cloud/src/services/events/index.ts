import { randomUUID } from "node:crypto"
import type { Cloud, Service } from "../../service.ts"
import { jsonService } from "../protocol/json.ts"
import type { Operations } from "../protocol/operation.ts"
import { Buses } from "./bus.ts"
import { DescribeRule } from "./operations/describe-rule.ts"
import { timeOf } from "./event.ts"
import { ListRules } from "./operations/list-rules.ts"
import { ListTargetsByRule } from "./operations/list-targets-by-rule.ts"
import type { Context } from "./operations/operation.ts"
import { PutEvents } from "./operations/put-events.ts"
import { PutRule } from "./operations/put-rule.ts"
import { PutTargets } from "./operations/put-targets.ts"
import { eventsTypes } from "./resource-types.ts"
import { Router } from "./router.ts"
import type { Rule } from "./rule.ts"
import { follow } from "./scheduled.ts"
import { TestEventPattern } from "./operations/test-event-pattern.ts"

const OPERATIONS: Operations<Context> = {
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
    ...jsonService({
      name: "events",
      target: "AWSEvents",
      operations: OPERATIONS,
      context: () => ({ buses, router, place }),
      strangers: { refused: { EndpointId: "there is one region here, and no global endpoint: leave it out." } },
      units: ({ body }) => ({ requests: 1, bytes: body.length }),
    }),
    types: eventsTypes(buses, place),
    async start(cloud) {
      running = cloud
      router.open(cloud.data)
    },
    ready: () => router.resume(),

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

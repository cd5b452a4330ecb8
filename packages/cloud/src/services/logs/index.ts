import { notSimulated } from "../../endpoint/errors.ts"
import type { Service } from "../../service.ts"
import { accessOf, groupArn, OPERATIONS } from "./operations.ts"
import { logStore } from "./store.ts"

/** CloudWatch Logs: the groups of the templates, written by functions under their own roles, bounded in memory. */
export function logs(): Service {
  const store = logStore()
  return {
    names: ["logs"],
    operations: Object.keys(OPERATIONS),
    protocol: "json",
    types: {
      "AWS::Logs::LogGroup": {
        simulated: ["LogGroupName"],
        ignored: {
          RetentionInDays: "events are bounded by number and gone when the local cloud stops",
          LogGroupClass: "a matter of price",
          KmsKeyId: "events stay in this process",
          DataProtectionPolicy: "events stay in this process",
          Tags: "no policy reads tags",
        },
        identify(group, place) {
          const ref: string = group.property("LogGroupName") ?? group.physicalName({ max: 512 })
          const arn = `${groupArn(place, ref)}:*`
          return { ref, arn, attributes: { Arn: arn } }
        },
        provision: async ({ identity }) => store.createGroup(identity.ref),
        async remove({ identity }) {
          store.groups.delete(identity.ref)
        },
      },
      /** Read by whoever decides about calls. */
      "AWS::Logs::ResourcePolicy": {
        simulated: ["PolicyName", "PolicyDocument"],
        identify: (policy) => ({ ref: String(policy.property("PolicyName") ?? policy.physicalName()), attributes: {} }),
      },
    },
    authorize(request, place) {
      const operation = request.headers["x-amz-target"]?.split(".").at(-1) ?? "(none)"
      if (!Object.hasOwn(OPERATIONS, operation)) throw notSimulated("logs", operation)
      return { operation, access: accessOf(operation, request.json ?? {}, place) }
    },
    handle: async (request, operation, cloud) => ({
      status: 200,
      headers: { "content-type": "application/x-amz-json-1.1" },
      body: JSON.stringify(OPERATIONS[operation]!.run(request.json ?? {}, store, cloud)),
      units: { bytes: request.body.length },
    }),
    state: () => [...store.groups].map(([name, { streams, events }]) => ({ name, streams: streams.size, events: events.length })),
  }
}

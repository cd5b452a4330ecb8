import { notSimulated } from "../../endpoint/errors.ts"
import type { Cloud, ResourceType, Service } from "../../service.ts"
import { Runs } from "./runs.ts"
import { Schedule } from "./schedule.ts"

const scheduleType = (runs: Runs): ResourceType => ({
  simulated: [
    "Name",
    "GroupName",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "StartDate",
    "EndDate",
    "State",
    "FlexibleTimeWindow.Mode",
    "Target.Arn",
    "Target.RoleArn",
    "Target.Input",
    "Target.RetryPolicy",
    "Target.DeadLetterConfig",
    "Target.SqsParameters",
    "Target.KinesisParameters",
    "Target.EventBridgeParameters",
  ],
  ignored: { Description: "text for people", KmsKeyArn: "schedules stay on this machine" },
  identify(resource, { region, account }) {
    const ref = String(resource.property("Name") ?? resource.physicalName({ max: 64 }))
    const group = String(resource.property("GroupName") ?? "default")
    const arn = `arn:aws:scheduler:${region}:${account}:schedule/${group}/${ref}`
    return { ref, arn, attributes: { Arn: arn } }
  },
  provision: async (resource, cloud) => runs.place(new Schedule(resource, cloud.now())),
  update: async (resource, _, cloud) => runs.place(new Schedule(resource, cloud.now())),
  remove: async ({ identity }) => runs.remove(identity.arn!),
})

const groupType: ResourceType = {
  simulated: ["Name"],
  ignored: { Tags: "tags decide nothing here" },
  identify(resource, { region, account }) {
    const ref = String(resource.property("Name") ?? resource.physicalName({ max: 64 }))
    const arn = `arn:aws:scheduler:${region}:${account}:schedule-group/${ref}`
    return { ref, arn, attributes: { Arn: arn, State: "ACTIVE" } }
  },
}

/** EventBridge Scheduler: the schedules of the templates. */
export function scheduler(): Service {
  let running: Cloud | undefined
  const runs = new Runs(() => running!)
  return {
    names: ["scheduler"],
    protocol: "rest-json",
    types: { "AWS::Scheduler::Schedule": scheduleType(runs), "AWS::Scheduler::ScheduleGroup": groupType },
    async start(cloud) {
      running = cloud
      runs.open(cloud.data)
    },
    ready: () => runs.resume(),
    authorize(request) {
      throw notSimulated("scheduler", `${request.method} ${request.url.pathname} (schedules come from the templates)`)
    },
    handle: () => Promise.reject(new Error("authorize refuses every operation")),
    state: () => [...runs.schedules.values()].map(({ arn, enabled, next, fired }) => ({ schedule: arn, enabled, next, fired })),
    stop: async () => runs.stop(),
  }
}

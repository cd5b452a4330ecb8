import { readTemplates, type RawResource } from "../../packages/cloud/src/assembly/template.ts"
import { reviewed } from "../../packages/cloud/src/assembly/reviewed.ts"
import { synthesize } from "../../packages/cloud/src/assembly/synth.ts"

/** The templates of a stage as a deploy would upload them, without what SST and CDK bring for themselves. */
export async function stage(name: string) {
  const { folder } = await synthesize(process.cwd(), { account: "000000000000", region: "us-east-1", stage: name })
  const { resources, handlers } = await readTemplates(folder)
  const framework = new Set(resources.filter((each) => each.type === "AWS::Lambda::Function" && reviewed(each)).map(roleOf))
  const ours = resources.filter((each) => !framework.has(idOf(each)) && !attachedTo(each).some((role) => framework.has(role)))
  const of = (type: string) => ours.filter((each) => each.type === type)
  const functions = of("AWS::Lambda::Function").filter((each) => !reviewed(each))
  return { all: resources, handlers, of, functions }
}

export const idOf = ({ stack, logicalId }: RawResource): string => `${stack}/${logicalId}`

/** The resource an intrinsic points at, in the same stack. */
export const target = (resource: RawResource, value: any): string =>
  `${resource.stack}/${value?.Ref ?? value?.["Fn::GetAtt"]?.[0] ?? value}`

const roleOf = (resource: RawResource): string => target(resource, resource.properties.Role)
const attachedTo = (resource: RawResource): string[] =>
  ((resource.properties.Roles as unknown[] | undefined) ?? []).map((role) => target(resource, role))

export interface Statement {
  Sid?: string
  Effect: string
  Action: string | string[]
  Resource: unknown
  Condition?: unknown
}

/** Every statement of a policy resource. */
export const statements = (policy: RawResource): Statement[] =>
  (policy.properties.PolicyDocument as { Statement: Statement[] }).Statement

import type { Cloud } from "../service.ts"

/** Name and qualifier of a function given by ARN, by name, or by name and alias. */
function functionOf(reference: string): { name: string; qualifier?: string } {
  const [name = "", qualifier] = reference.replace(/^arn:[^:]+:lambda:[^:]*:[^:]*:function:/, "").split(":")
  return { name, qualifier }
}

const escaped = (text: string): string => text.replace(/[.+^${}()|[\]\\]/g, "\\$&")

/** ArnLike: `*` is any run of characters, `?` is one. */
export const arnLike = (pattern: string, arn: string): boolean =>
  new RegExp(`^${escaped(pattern).replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(arn)

/**
 * Whether a resource-based permission lets a service invoke the function for this source.
 * A permission on an alias covers calls to that alias only: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
export function mayInvoke(cloud: Cloud, principal: string, functionArn: string, sourceArn: string): boolean {
  const target = functionOf(functionArn)
  return cloud.resources("AWS::Lambda::Permission").some(({ properties }) => {
    const { name, qualifier } = functionOf(String(properties.FunctionName))
    return (
      name === target.name &&
      qualifier === target.qualifier &&
      (properties.Action === "lambda:InvokeFunction" || properties.Action === "lambda:*") &&
      properties.Principal === principal &&
      (properties.SourceArn === undefined || arnLike(String(properties.SourceArn), sourceArn)) &&
      (properties.SourceAccount === undefined || String(properties.SourceAccount) === cloud.account)
    )
  })
}

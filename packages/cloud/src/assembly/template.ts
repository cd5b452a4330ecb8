import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"

/** A resource as its template has it, intrinsics and all. */
export interface RawResource {
  stack: string
  logicalId: string
  type: string
  properties: Record<string, unknown>
  metadata: Record<string, unknown>
  dependsOn: string[]
  /** What happens to it when its stack goes, and when a change would replace it. */
  policies: { deletion?: string; replace?: string }
}

export interface Templates {
  resources: RawResource[]
  /** Export name → the value of the output, in its stack. */
  exports: Map<string, { stack: string; value: unknown }>
  /** Stack → template parameters with their defaults. */
  parameters: Map<string, Record<string, unknown>>
  /** Stack → named conditions. */
  conditions: Map<string, Record<string, unknown>>
  /** `<stack>/<logicalId>` of a function → `<file>.<export>` of its handler. */
  handlers: Record<string, string>
}

interface Template {
  Resources?: Record<
    string,
    {
      Type: string
      Properties?: Record<string, unknown>
      Metadata?: Record<string, unknown>
      DependsOn?: string | string[]
      Condition?: string
      DeletionPolicy?: string
      UpdateReplacePolicy?: string
    }
  >
  Outputs?: Record<string, { Value: unknown; Export?: { Name: string } }>
  Parameters?: Record<string, { Default?: unknown }>
  Conditions?: Record<string, unknown>
}

/** `Rules` check the bootstrap version at deploy time; nothing here depends on them. */
const SECTIONS = new Set([
  "Resources",
  "Outputs",
  "Parameters",
  "Conditions",
  "Rules",
  "Metadata",
  "AWSTemplateFormatVersion",
  "Description",
])

/** Reads every template of a synthesis. A section or a conditional resource that is not understood is refused by name. */
export async function readTemplates(folder: string): Promise<Templates> {
  const result: Templates = {
    resources: [],
    exports: new Map(),
    parameters: new Map(),
    conditions: new Map(),
    handlers: JSON.parse(await readFile(join(folder, "handlers.json"), "utf8")) as Record<string, string>,
  }
  const names = (await readdir(join(folder, "templates"))).filter((name) => name.endsWith(".template.json")).sort()
  for (const name of names) {
    const stack = name.slice(0, -".template.json".length)
    const template = JSON.parse(await readFile(join(folder, "templates", name), "utf8")) as Template
    for (const section of Object.keys(template))
      if (!SECTIONS.has(section)) throw new Error(`NOT_SIMULATED: section ${section} of the template of ${stack}.`)
    for (const [logicalId, resource] of Object.entries(template.Resources ?? {})) {
      if (resource.Condition) throw new Error(`NOT_SIMULATED: Condition on ${stack}/${logicalId}.`)
      result.resources.push({
        stack,
        logicalId,
        type: resource.Type,
        properties: resource.Properties ?? {},
        metadata: resource.Metadata ?? {},
        dependsOn: [resource.DependsOn ?? []].flat(),
        policies: { deletion: resource.DeletionPolicy, replace: resource.UpdateReplacePolicy },
      })
    }
    for (const output of Object.values(template.Outputs ?? {}))
      if (output.Export) result.exports.set(output.Export.Name, { stack, value: output.Value })
    const defaults = Object.entries(template.Parameters ?? {}).map(([key, parameter]) => [key, parameter.Default] as const)
    result.parameters.set(stack, Object.fromEntries(defaults))
    result.conditions.set(stack, template.Conditions ?? {})
  }
  return result
}

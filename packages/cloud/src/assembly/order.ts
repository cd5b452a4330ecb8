import type { RawResource, Templates } from "./template.ts"

/** The resources a value refers to, by Ref, GetAtt, Sub or another stack's export. */
function* mentions(value: unknown, stack: string, templates: Templates): Generator<string> {
  if (typeof value !== "object" || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === "Ref" && typeof inner === "string") yield `${stack}/${inner}`
    else if (key === "Fn::GetAtt") yield `${stack}/${Array.isArray(inner) ? String(inner[0]) : String(inner).split(".")[0]}`
    else if (key === "Fn::ImportValue" && typeof inner === "string") {
      const exported = templates.exports.get(inner)
      if (exported) yield* mentions(exported.value, exported.stack, templates)
    } else if (key === "Fn::Sub") {
      const text = Array.isArray(inner) ? String(inner[0]) : String(inner)
      for (const match of text.matchAll(/\$\{([A-Za-z0-9]+)/g)) yield `${stack}/${match[1]}`
    }
    yield* mentions(inner, stack, templates)
  }
}

/** Resources so that each comes after everything it refers to or depends on, as CloudFormation creates them. */
export function inOrder(templates: Templates): RawResource[] {
  const byId = new Map(templates.resources.map((resource) => [`${resource.stack}/${resource.logicalId}`, resource]))
  const done = new Set<string>()
  const ordered: RawResource[] = []
  const visit = (id: string, path: string[]): void => {
    const resource = byId.get(id)
    if (!resource || done.has(id)) return
    if (path.includes(id)) throw new Error(`These resources wait for each other: ${[...path, id].join(" → ")}.`)
    const before = [
      ...resource.dependsOn.map((name) => `${resource.stack}/${name}`),
      ...mentions(resource.properties, resource.stack, templates),
    ]
    for (const dependency of new Set(before)) if (dependency !== id) visit(dependency, [...path, id])
    done.add(id)
    ordered.push(resource)
  }
  for (const id of byId.keys()) visit(id, [])
  return ordered
}

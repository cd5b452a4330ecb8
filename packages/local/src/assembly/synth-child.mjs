// Child process: synthesizes the stacks exactly as `sst deploy` would, without AWS. Synthesis holds about 290 MB, which leave with this process.
// node synth-child.mjs <root> <stage> <region> <account> <outdir>
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"

const [root, stage, region, account, outdir] = process.argv.slice(2)
// With this, `app.finish()` does not ask AWS for the bootstrap stack; nothing else in the templates depends on it.
process.env.NODE_ENV = "test"
process.chdir(root)

const { initProject, useProject } = await import("sst/project.js")
const { useRuntimeHandlers } = await import("sst/runtime/handlers.js")
const { useFunctions } = await import("sst/constructs/Function.js")
const { App } = await import("sst/constructs/App.js")

await initProject({ stage, region, root })

// The local cloud bundles handlers itself, so synthesis gets an empty folder for each.
const stub = join(outdir, "code")
await mkdir(stub, { recursive: true })
await writeFile(join(stub, "index.mjs"), "export const handler = () => {}\n")
useRuntimeHandlers().build = async () => ({ type: "success", out: stub, handler: "index.handler" })

const project = useProject()
const app = new App(
  { account, stage, name: project.config.name, region, mode: "deploy" },
  { outdir: join(outdir, "templates"), context: { "aws:cdk:enable-path-metadata": true } },
)
const { load } = await import("sst/stacks/build.js")
const [, config] = await load(project.paths.config)
await config.stacks(app)
await app.finish()
const assembly = app.synth()
if (assembly.manifest.missing?.length)
  throw new Error(
    `The stacks look things up in AWS, so they cannot be synthesized offline: ${JSON.stringify(assembly.manifest.missing)}`,
  )

// Construct address → handler file; the functions of the templates are found again by their construct path.
const handlers = {}
const addresses = useFunctions().all
const visit = (construct) => {
  const props = addresses[construct.node.addr]
  const child = construct.node.defaultChild
  if (props && child?.cfnResourceType === "AWS::Lambda::Function")
    handlers[`${child.stack.stackName}/${child.stack.resolve(child.logicalId)}`] = props.handler
  construct.node.children.forEach(visit)
}
visit(app)
await writeFile(join(outdir, "handlers.json"), JSON.stringify(handlers))
process.exit(0)

// Child process: synthesizes the stacks exactly as `sst deploy` would, without AWS. Synthesis holds about 290 MB, which leave with this process.
// node synth-child.mjs <root> <stage> <region> <account> <outdir>
import { mkdir, writeFile } from "node:fs/promises"
import { join, relative } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const [root, stage, region, account, outdir] = process.argv.slice(2)
// With this, `app.finish()` does not ask AWS for the bootstrap stack; nothing else in the templates depends on it.
process.env.NODE_ENV = "test"
process.chdir(root)
// Stacks fail in their own files and lines, not in those of the bundle they are run from.
process.setSourceMapsEnabled(true)
process.on("uncaughtException", (thrown) => {
  process.stderr.write(`${thrown?.stack ?? thrown}\n${JSON.stringify({ problems: problemsOf(thrown) })}\n`)
  process.exit(1)
})

/** What is wrong, with its place in the repository: esbuild says it itself, else it is the innermost frame that is not a package's. */
function problemsOf(thrown) {
  if (Array.isArray(thrown?.errors) && thrown.errors.length > 0)
    return thrown.errors.map(({ text, location }) => ({ file: location?.file, line: location?.line, text }))
  const text = String(thrown?.message ?? thrown)
    .split("\n")
    .filter((line) => line.trim() && !line.includes("at path ["))
    .join(" ")
  const frames = [...String(thrown?.stack).matchAll(/\(?(?:file:\/\/)?(\/[^\s()]+\.ts):(\d+):\d+\)?/g)]
    .map(([, path, line]) => ({ file: relative(root, path), line: Number(line) }))
    .filter(({ file }) => !file.startsWith("..") && !file.includes("node_modules"))
  if (frames[0]) {
    const caller = frames.find(({ file }) => file !== frames[0].file)
    return [{ ...frames[0], text: caller ? `${text} (called from ${caller.file}:${caller.line})` : text }]
  }
  return [{ text }]
}

const { initProject, useProject } = await import("sst/project.js")
const { useRuntimeHandlers } = await import("sst/runtime/handlers.js")
const { useFunctions } = await import("sst/constructs/Function.js")
const { App } = await import("sst/constructs/App.js")

await initProject({ stage, region, root })
// SST writes types of bound resources into `.sst`; two syntheses at once would empty each other's folder.
useProject().paths.out = join(outdir, "sst")

// The local cloud bundles handlers itself, so synthesis gets an empty folder for each.
const stub = join(outdir, "code")
await mkdir(stub, { recursive: true })
await writeFile(join(stub, "index.mjs"), "export const handler = () => {}\n")
useRuntimeHandlers().build = async () => ({ type: "success", out: stub, handler: "index.handler" })

/** As SST loads it, but with a source map: https://github.com/sst/v2/blob/master/packages/sst/src/stacks/build.ts */
async function configuration(file) {
  const { createRequire } = await import("node:module")
  const esbuild = createRequire(fileURLToPath(import.meta.resolve("sst/stacks/build.js")))("esbuild")
  const { readFile } = await import("node:fs/promises")
  const { dependencies, devDependencies, peerDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"))
  const outfile = join(outdir, "config.mjs")
  await esbuild.build({
    entryPoints: [file],
    outfile,
    absWorkingDir: root,
    keepNames: true,
    bundle: true,
    platform: "node",
    target: "esnext",
    format: "esm",
    logLevel: "silent",
    sourcemap: "inline",
    define: { "process.env.IS_SHALLOW": "false" },
    external: ["aws-cdk-lib", "sst", ...Object.keys({ ...devDependencies, ...dependencies, ...peerDependencies })],
    banner: {
      js: `import { createRequire as topLevelCreateRequire } from 'module';const require = topLevelCreateRequire(import.meta.url);`,
    },
  })
  return (await import(pathToFileURL(outfile).href)).default
}

const project = useProject()
const app = new App(
  { account, stage, name: project.config.name, region, mode: "deploy" },
  { outdir: join(outdir, "templates"), context: { "aws:cdk:enable-path-metadata": true } },
)
await (await configuration(project.paths.config)).stacks(app)
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

import { readTemplates } from "./template.ts"
import { synthesize } from "./synth.ts"

/** `npm run check` calls this: every stack synthesizes for the cheapest stage and for production. */
for (const stage of ["dev", "prod"]) {
  const { folder } = await synthesize(process.cwd(), { account: "000000000000", region: "us-east-1", stage })
  const { resources } = await readTemplates(folder)
  console.log(`${stage}: ${resources.length} resources`)
}

import { existsSync } from "node:fs"
import { join } from "node:path"
import { Duration } from "aws-cdk-lib"
import { BucketDeployment, CacheControl, Source } from "aws-cdk-lib/aws-s3-deployment"
import { type StackContext, use } from "sst/constructs"
import { Api } from "./api.ts"
import { Auth } from "./auth.ts"
import { sizes } from "./stages.ts"
import { Web } from "./web.ts"

const BUILT = join("packages", "web", "dist")

/** What the console's bucket holds: the built pages, and where this stage's APIs are. */
export function Console({ stack }: StackContext) {
  const { site } = use(Web)
  const { url } = use(Api)
  const { client, issuer } = use(Auth)
  if (!existsSync(join(BUILT, "index.html"))) throw new Error("The console is not built. Run: npm run build")

  const { demo } = sizes(stack.stage)
  const config = {
    apiUrl: url,
    region: stack.region,
    issuer,
    clientId: client.userPoolClientId,
    stage: stack.stage,
    ...(demo ? { demo: { email: demo.people[0]!.email, password: demo.password } } : {}),
  }

  /** File names under assets/ carry a hash of their content, so they never change. */
  const assets = new BucketDeployment(stack, "Assets", {
    destinationBucket: site,
    sources: [Source.asset(join(BUILT, "assets"))],
    destinationKeyPrefix: "assets",
    cacheControl: [CacheControl.setPublic(), CacheControl.maxAge(Duration.days(365)), CacheControl.immutable()],
    prune: false,
  })
  const pages = new BucketDeployment(stack, "Pages", {
    destinationBucket: site,
    sources: [Source.asset(BUILT, { exclude: ["assets", "assets/**"] }), Source.jsonData("config.json", config)],
    cacheControl: [CacheControl.noCache()],
    prune: false,
  })
  /** A page must never name an asset that is not there yet. */
  pages.node.addDependency(assets)
}

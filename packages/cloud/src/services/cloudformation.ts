import { AwsError, type Cloud, type Place, type Service } from "../service.ts"
import type { Form } from "./protocol/form.ts"
import type { Operation } from "./protocol/operation.ts"
import { queryService } from "./protocol/query.ts"

/** What `npx sst build` asks for: CDK's bootstrap stack (BootstrapVersion ≥ 14) and SST's (Version 7.4), each with its bucket. */
function bootstrapOutputs({ account, region }: Place): Readonly<Record<string, Record<string, string>>> {
  return {
    CDKToolkit: { BootstrapVersion: "30", BucketName: `cdk-hnb659fds-assets-${account}-${region}` },
    SSTBootstrap: { Version: "7.4", BucketName: `sstbootstrap-local-${account}` },
  }
}

function describe(name: string, outputs: Readonly<Record<string, string>>, cloud: Cloud) {
  return {
    StackName: name,
    StackId: `arn:aws:cloudformation:${cloud.region}:${cloud.account}:stack/${name}/local`,
    CreationTime: new Date(cloud.now()).toISOString(),
    StackStatus: "CREATE_COMPLETE",
    Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  }
}

function stacks(cloud: Cloud) {
  const bootstrap = bootstrapOutputs(cloud)
  const own = [...new Set(cloud.resources().map(({ stack }) => stack))].filter((name) => !Object.hasOwn(bootstrap, name))
  return [...Object.entries(bootstrap), ...own.map((name) => [name, {}] as const)].map(([name, outputs]) =>
    describe(name, outputs, cloud),
  )
}

const DescribeStacks: Operation<Form, object, string> = {
  members: ["StackName"],
  access({ input, cloud: { account, region } }) {
    const name = input.get("StackName")
    const resource = name?.startsWith("arn:") ? name : `arn:aws:cloudformation:${region}:${account}:stack/${name ?? "*"}/*`
    return [{ action: "cloudformation:DescribeStacks", resource }]
  },
  run({ input, cloud }) {
    const name = input.get("StackName")
    const Stacks = stacks(cloud).filter(({ StackName, StackId }) => name === undefined || name === StackName || name === StackId)
    if (name !== undefined && Stacks.length === 0) throw new AwsError("ValidationError", `Stack with id ${name} does not exist`)
    return { output: { Stacks } }
  },
}

/** CloudFormation: DescribeStacks only, for the tools that look before they build. */
export const cloudformation = (): Service => ({
  ...queryService({
    name: "cloudformation",
    namespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
    operations: { DescribeStacks },
    context: () => ({}),
  }),
  types: {},
})

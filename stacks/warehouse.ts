import { CustomResource, Duration, Fn } from "aws-cdk-lib"
import { CfnSecurityGroup, CfnSubnet, CfnVPC } from "aws-cdk-lib/aws-ec2"
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam"
import { EventSourceMapping } from "aws-cdk-lib/aws-lambda"
import { CfnNamespace, CfnWorkgroup } from "aws-cdk-lib/aws-redshiftserverless"
import { type StackContext, use } from "sst/constructs"
import { fingerprint } from "../packages/core/src/warehouse/migrations/index.ts"
import { type Allow, consume, handler } from "./defaults.ts"
import { Ingest } from "./ingest.ts"
import { sizes } from "./stages.ts"
import { Storage } from "./storage.ts"

/** Redshift Serverless, reached through the Data API alone, with its migrations and its loader. */
export function Warehouse({ stack, app }: StackContext) {
  const { lake, progress, analytics } = use(Storage)
  const { loads } = use(Ingest)
  const stage = sizes(stack.stage)
  const database = "backline"

  /** Three isolated subnets, no gateway, no ingress: nothing reaches the warehouse but the Data API. */
  const vpc = new CfnVPC(stack, "Vpc", { cidrBlock: "10.40.0.0/16", enableDnsHostnames: true, enableDnsSupport: true })
  const subnets = [0, 1, 2].map(
    (index) =>
      new CfnSubnet(stack, `Subnet${index + 1}`, {
        vpcId: vpc.ref,
        cidrBlock: `10.40.${index}.0/24`,
        availabilityZone: Fn.select(index, Fn.getAzs()),
      }),
  )
  const closed = new CfnSecurityGroup(stack, "SecurityGroup", {
    vpcId: vpc.ref,
    groupDescription: "No ingress: the warehouse is reached through the Data API",
    securityGroupEgress: [{ ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIp: "10.40.0.0/16" }],
  })

  /** Assumed by Redshift for COPY. */
  const reader = new Role(stack, "CopyRole", { assumedBy: new ServicePrincipal("redshift.amazonaws.com") })
  reader.addToPolicy(
    new PolicyStatement({
      sid: "Lake",
      actions: ["s3:GetObject"],
      resources: [lake.arnForObjects("events/*"), lake.arnForObjects("manifests/*")],
    }),
  )
  /** https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-access-permissions.html#copy-usage_notes-iam-permissions */
  reader.addToPolicy(new PolicyStatement({ sid: "List", actions: ["s3:ListBucket"], resources: [lake.bucketArn] }))

  const name = `${app.name}-${stack.stage}`.toLowerCase()
  const namespace = new CfnNamespace(stack, "Namespace", {
    namespaceName: name,
    dbName: database,
    iamRoles: [reader.roleArn],
    defaultIamRoleArn: reader.roleArn,
  })
  const workgroup = new CfnWorkgroup(stack, "Workgroup", {
    workgroupName: name,
    namespaceName: namespace.namespaceName,
    baseCapacity: stage.warehouseRpu,
    publiclyAccessible: false,
    subnetIds: subnets.map((subnet) => subnet.attrSubnetId),
    securityGroupIds: [closed.attrGroupId],
  })
  workgroup.addDependency(namespace)
  const workgroupArn = workgroup.attrWorkgroupWorkgroupArn

  const env = { WAREHOUSE_WORKGROUP: name, WAREHOUSE_DATABASE: database }
  const execute: Allow = { actions: ["redshift-data:ExecuteStatement", "redshift-serverless:GetCredentials"], on: [workgroupArn] }
  const batch = "redshift-data:BatchExecuteStatement"
  /** These know no resource-level permission; Redshift shows a caller its own statements only. */
  const follow: Allow = {
    actions: ["redshift-data:DescribeStatement", "redshift-data:GetStatementResult", "redshift-data:CancelStatement"],
    on: ["*"],
  }

  const migrate = handler(stack, "Migrate", {
    handler: "packages/functions/src/deploy/migrate.handler",
    timeout: 300,
    env,
    databaseRoles: "sys:dba:sys:secadmin",
    allow: [execute, { actions: [batch], on: [workgroupArn] }, follow],
  })
  const migrations = new CustomResource(stack, "Migrations", {
    serviceToken: migrate.functionArn,
    resourceType: "Custom::Migrations",
    serviceTimeout: Duration.minutes(6),
    /** A new migration is a new property, so a deploy runs exactly what is missing. */
    properties: { fingerprint: fingerprint() },
  })
  migrations.node.addDependency(workgroup)

  const loader = handler(stack, "Loader", {
    handler: "packages/functions/src/queues/loader.handler",
    timeout: 90,
    databaseRoles: "backline_loader",
    env: { ...env, LAKE_BUCKET: lake.bucketName, INGEST_TABLE: progress.tableName, ANALYTICS_TABLE: analytics.tableName },
    allow: [
      consume(loads),
      { actions: [batch, "redshift-serverless:GetCredentials"], on: [workgroupArn] },
      /** A load that outlives its invocation is left running, for the next delivery to find. */
      { actions: ["redshift-data:DescribeStatement"], on: ["*"] },
      { actions: ["s3:PutObject"], on: [lake.arnForObjects("manifests/*")] },
      { actions: ["dynamodb:BatchWriteItem"], on: [progress.tableArn] },
      { actions: ["dynamodb:UpdateItem"], on: [analytics.tableArn] },
    ],
  })
  new EventSourceMapping(stack, "LoaderSource", {
    target: loader,
    eventSourceArn: loads.queueArn,
    /** 500 objects keep one statement under the Data API's 100 KB; the window trades freshness for wake-ups. */
    batchSize: 500,
    maxBatchingWindow: Duration.seconds(stage.loadWindow),
    /** Loads take a mutex in the warehouse, so more would only wait; 2 is the least that SQS allows. */
    maxConcurrency: 2,
    reportBatchItemFailures: true,
  }).node.addDependency(migrations)

  /** What a function needs to answer from the warehouse, with results cached by data version. */
  const read: Allow[] = [execute, follow, { actions: ["dynamodb:GetItem", "dynamodb:PutItem"], on: [analytics.tableArn] }]
  /** What a function needs to learn from single facts, which answers may not read. */
  const learnAs = (databaseRoles: string) => ({ env, allow: [execute, follow], databaseRoles })
  return {
    read,
    learnSales: learnAs("backline_trainer"),
    learnTastes: learnAs("backline_tastes"),
    databaseRoles: "backline_reader",
    env: { ...env, ANALYTICS_TABLE: analytics.tableName },
  }
}

import { Duration } from "aws-cdk-lib"
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb"
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3"
import { type StackContext, use } from "sst/constructs"
import { TRAINING_HOURS } from "../packages/core/src/prediction/port.ts"
import { type Allow, removal, scheduled } from "./defaults.ts"
import { sizes } from "./stages.ts"
import { Warehouse } from "./warehouse.ts"

/** Models of ticket sales: where they lie, what is told of them, and who trains them. */
export function Predictions({ stack }: StackContext) {
  const warehouse = use(Warehouse)
  const { retain, predictionEndpoint } = sizes(stack.stage)

  const table = new Table(stack, "ModelTable", {
    partitionKey: { name: "pk", type: AttributeType.STRING },
    sortKey: { name: "sk", type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: retain },
    deletionProtection: retain,
    removalPolicy: removal(stack),
  })
  const bucket = new Bucket(stack, "ModelBucket", {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: removal(stack),
  })

  const on = (...actions: string[]): Allow => ({ actions: actions.map((each) => `dynamodb:${each}`), on: [table.tableArn] })
  const artifacts = (...actions: string[]): Allow => ({
    actions: actions.map((each) => `s3:${each}`),
    on: [bucket.arnForObjects("models/*")],
  })
  const env = { MODEL_TABLE: table.tableName }
  const stored = { ...env, MODEL_BUCKET: bucket.bucketName }

  const train = {
    env: { ...warehouse.learnSales.env, ...stored },
    allow: [...warehouse.learnSales.allow, on("GetItem", "PutItem"), artifacts("GetObject", "PutObject")],
    databaseRoles: warehouse.learnSales.databaseRoles,
    /** Four thousand concerts take a few seconds of one processor: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
    memory: 1769,
  }
  scheduled(stack, "TrainModels", {
    every: Duration.hours(TRAINING_HOURS),
    handler: "packages/functions/src/schedules/train-models.handler",
    timeout: 120,
    ...train,
  })

  /** Our own model lies in S3; an endpoint that the stage names answers in its place. */
  const answers = predictionEndpoint
    ? {
        env: { MODEL_ENDPOINT: predictionEndpoint },
        allow: [
          {
            actions: ["sagemaker:InvokeEndpoint"],
            on: [`arn:aws:sagemaker:${stack.region}:${stack.account}:endpoint/${predictionEndpoint.toLowerCase()}`],
          },
        ],
      }
    : { env: stored, allow: [on("GetItem"), artifacts("GetObject")] }

  return {
    train,
    predict: {
      env: { ...warehouse.env, ...answers.env },
      allow: [...warehouse.read, ...answers.allow],
      databaseRoles: warehouse.databaseRoles,
    },
    list: { env, allow: [on("GetItem", "Query")] },
    rollback: { env, allow: [on("GetItem", "PutItem")] },
  }
}

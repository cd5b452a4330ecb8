import { Duration } from "aws-cdk-lib"
import { AttributeType, BillingMode, type CfnTable, Table } from "aws-cdk-lib/aws-dynamodb"
import { type StackContext, use } from "sst/constructs"
import { type Allow, removal, scheduled } from "./defaults.ts"
import { sizes } from "./stages.ts"
import { Storage } from "./storage.ts"
import { Warehouse } from "./warehouse.ts"

const INDEX = "byTaste"

/** Tastes and upcoming concerts as vectors, learned on a schedule. */
export function Recommendations({ stack }: StackContext) {
  const { analytics } = use(Storage)
  const { learnTastes: learn } = use(Warehouse)
  const stage = sizes(stack.stage)

  const table = new Table(stack, "RecommendationTable", {
    partitionKey: { name: "pk", type: AttributeType.STRING },
    sortKey: { name: "sk", type: AttributeType.STRING },
    /** A vector index asks for it: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearch.Requirements.html */
    billingMode: BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: "ttl",
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: stage.retain },
    deletionProtection: stage.retain,
    removalPolicy: removal(stack),
  })
  if (stage.vectorIndex) withVectors(table.node.defaultChild as CfnTable)

  const env = { RECOMMENDATION_TABLE: table.tableName, RECOMMENDATION_SEARCH: stage.vectorIndex ? "index" : "table" }
  const on = (...actions: string[]): Allow => ({ actions: actions.map((each) => `dynamodb:${each}`), on: [table.tableArn] })

  /** Looks every minute whether there is something to learn, and wakes the warehouse as rarely as the stage says. */
  scheduled(stack, "Tastes", {
    every: Duration.minutes(1),
    handler: "packages/functions/src/schedules/train-recommendations.handler",
    timeout: 300,
    memory: 1024,
    databaseRoles: learn.databaseRoles,
    env: {
      ...learn.env,
      RECOMMENDATION_TABLE: table.tableName,
      RECOMMENDATION_PAUSE_SECONDS: String(stage.tastePause),
      ANALYTICS_TABLE: analytics.tableName,
    },
    allow: [
      ...learn.allow,
      { actions: ["dynamodb:GetItem"], on: [analytics.tableArn] },
      on("GetItem", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "Query"),
    ],
  })

  const search: Allow = { actions: ["dynamodb:SearchVectors"], on: [`${table.tableArn}/index/${INDEX}`] }
  return {
    list: { env, allow: [on("GetItem", "Query"), ...(stage.vectorIndex ? [search] : [])] },
    feedback: { env: { RECOMMENDATION_TABLE: table.tableName }, allow: [on("UpdateItem")] },
  }
}

/** CDK knows no vector indexes yet: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-table-vectorindex.html */
function withVectors(table: CfnTable): void {
  table.addPropertyOverride(
    "AttributeDefinitions",
    ["pk", "sk", "model", "available", "cityKey"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
  )
  table.addPropertyOverride("VectorIndexes", [
    {
      IndexName: INDEX,
      VectorAttribute: { AttributeName: "vector" },
      Dimensions: 16,
      DistanceFunction: "DOT_PRODUCT",
      SearchSchema: [
        { AttributeName: "model", SearchSchemaElementType: "HASH" },
        { AttributeName: "available", SearchSchemaElementType: "INLINE_FILTER" },
        { AttributeName: "cityKey", SearchSchemaElementType: "INLINE_FILTER" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
  ])
}

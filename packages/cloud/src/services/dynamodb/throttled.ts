import { AwsError, type Place } from "../../service.ts"
import { tableArn } from "./arn.ts"
import type { Index, Table } from "./tables.ts"

/** Sentences of https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html and API_TransactWriteItems.html */
const ON_DEMAND =
  "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. If exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"
const PROVISIONED_TABLE =
  "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API"
const PROVISIONED_INDEX =
  "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API"

/**
 * A refused call and why: `<Table|Index><Read|Write><limit>ThroughputExceeded` and the ARN of the table or index.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/throttling-diagnosing-workflow.html
 */
export class Throttled extends AwsError {
  readonly resource: string
  /** Code of a cancellation reason: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
  readonly reasonCode: "ThrottlingError" | "ProvisionedThroughputExceeded"

  constructor(place: Place, table: Table, index: Index | undefined, kind: "Read" | "Write", limit: "KeyRange" | "Provisioned") {
    const resource = tableArn(place, table.name) + (index ? `/index/${index.name}` : "")
    const reasons = [{ reason: `${index ? "Index" : "Table"}${kind}${limit}ThroughputExceeded`, resource }]
    const isProvisioned = table.provisioned !== undefined
    super(
      isProvisioned ? "ProvisionedThroughputExceededException" : "ThrottlingException",
      isProvisioned ? (index ? PROVISIONED_INDEX : PROVISIONED_TABLE) : ON_DEMAND,
      400,
      // The models of the two exceptions spell the member differently.
      isProvisioned ? { ThrottlingReasons: reasons } : { throttlingReasons: reasons },
    )
    this.resource = resource
    this.reasonCode = isProvisioned ? "ProvisionedThroughputExceeded" : "ThrottlingError"
  }
}

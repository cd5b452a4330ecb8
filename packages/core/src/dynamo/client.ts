import { randomUUID } from "node:crypto"
import type * as lib from "@aws-sdk/lib-dynamodb"
import { Command, jsonRefusal, type SendOptions, serviceClient } from "../service-client.ts"
import { hashOf } from "../signature.ts"
import { fromWire, toWire } from "./shape.ts"

/** What expressions replaced, and what nobody reads: their values would travel untranslated. */
type Legacy =
  | "AttributesToGet"
  | "AttributeUpdates"
  | "ConditionalOperator"
  | "Expected"
  | "KeyConditions"
  | "QueryFilter"
  | "ReturnItemCollectionMetrics"
  | "ScanFilter"

abstract class DynamoCommand<I, O> extends Command<Omit<I, Legacy>, Omit<O, "$metadata" | "ItemCollectionMetrics">> {
  declare readonly service: "dynamodb"
}

/** The operations that the product uses, by the names and types of the SDK's document client. */
export class GetCommand extends DynamoCommand<lib.GetCommandInput, lib.GetCommandOutput> {
  readonly operation = "GetItem"
}
export class PutCommand extends DynamoCommand<lib.PutCommandInput, lib.PutCommandOutput> {
  readonly operation = "PutItem"
}
export class UpdateCommand extends DynamoCommand<lib.UpdateCommandInput, lib.UpdateCommandOutput> {
  readonly operation = "UpdateItem"
}
export class DeleteCommand extends DynamoCommand<lib.DeleteCommandInput, lib.DeleteCommandOutput> {
  readonly operation = "DeleteItem"
}
export class QueryCommand extends DynamoCommand<lib.QueryCommandInput, lib.QueryCommandOutput> {
  readonly operation = "Query"
}
export class ScanCommand extends DynamoCommand<lib.ScanCommandInput, lib.ScanCommandOutput> {
  readonly operation = "Scan"
}
export class BatchGetCommand extends DynamoCommand<lib.BatchGetCommandInput, lib.BatchGetCommandOutput> {
  readonly operation = "BatchGetItem"
}
export class BatchWriteCommand extends DynamoCommand<lib.BatchWriteCommandInput, lib.BatchWriteCommandOutput> {
  readonly operation = "BatchWriteItem"
}
export class SearchVectorsCommand extends DynamoCommand<lib.SearchVectorsCommandInput, lib.SearchVectorsCommandOutput> {
  readonly operation = "SearchVectors"
}
export class TransactWriteCommand extends DynamoCommand<lib.TransactWriteCommandInput, lib.TransactWriteCommandOutput> {
  readonly operation = "TransactWriteItems"
}

export type { TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb"

/** Stays the same over all attempts, so a transaction whose answer was lost is not carried out twice: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const withToken = (input: lib.TransactWriteCommandInput): object => ({
  ...input,
  ClientRequestToken: input.ClientRequestToken ?? randomUUID(),
})

export const SEARCH_HOST = "search-dynamodb"

/**
 * DynamoDB with plain values, as the SDK's document client has it, at a fraction of its bytes and work: the SDK's core alone is more than a hot function
 * may weigh. Numbers and sets behave as there; undefined values are left out. Items inside of errors stay attributes, as there (bytes in them are base64).
 */
export function documentClient(timeoutMs: number) {
  const settings = { service: "dynamodb", timeoutMs, firstPauseMs: 25, refusalOf: jsonRefusal } as const
  const items = serviceClient(settings)
  /** Searches have a host of their own in AWS, as the SDK's endpoint rules say. */
  const searches = serviceClient({ ...settings, host: SEARCH_HOST })

  return {
    async send<I extends object, O>(command: DynamoCommand<I, O>, { abortSignal }: SendOptions = {}): Promise<O> {
      const input = command instanceof TransactWriteCommand ? withToken(command.input) : command.input
      const body = Buffer.from(JSON.stringify(toWire(input)))
      const { call } = command instanceof SearchVectorsCommand ? searches : items
      const answer = await call({
        method: "POST",
        path: "/",
        headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `DynamoDB_20120810.${command.operation}` },
        body,
        bodyHash: hashOf(body),
        signal: abortSignal,
      })
      return fromWire(JSON.parse(answer.body.toString("utf8")))
    },
    destroy(): void {
      items.destroy()
      searches.destroy()
    },
  }
}

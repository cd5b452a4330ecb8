import type { Place } from "../../service.ts"

/** A message as ReceiveMessage of the JSON protocol returns it. */
export interface SqsMessage {
  MessageId: string
  ReceiptHandle: string
  Body: string
  MD5OfBody: string
  Attributes?: Record<string, string>
  MessageAttributes?: Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>
}

function attributesOf(message: SqsMessage) {
  return Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { stringValue: StringValue, binaryValue: BinaryValue, stringListValues: [], binaryListValues: [], dataType: DataType },
    ]),
  )
}

/** The event of https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export const sqsEvent = (messages: readonly SqsMessage[], arn: string, { region }: Place) => ({
  Records: messages.map((message) => ({
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: attributesOf(message),
    md5OfBody: message.MD5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: arn,
    awsRegion: region,
  })),
})

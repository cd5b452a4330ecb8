import { PublishCommand, SNSClient } from "@aws-sdk/client-sns"
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs"

const { QUEUE_PATH, TOPIC, MOST, AWS_ENDPOINT_URL } = process.env
let turns = 0

/** Sends what it gets back to where it came from, as a function with a mistake in its configuration does. */
export const handler = async (event: { Records: { body?: string; Sns?: { Message: string } }[] }): Promise<void> => {
  for (const { body, Sns } of event.Records) {
    console.log(`turn ${++turns}`)
    if (turns >= Number(MOST)) return
    if (body !== undefined)
      await new SQSClient({}).send(new SendMessageCommand({ QueueUrl: `${AWS_ENDPOINT_URL}${QUEUE_PATH}`, MessageBody: body }))
    if (Sns) await new SNSClient({}).send(new PublishCommand({ TopicArn: TOPIC, Message: Sns.Message }))
  }
}

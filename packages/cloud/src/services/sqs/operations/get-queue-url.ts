import { queueDoesNotExist } from "../errors.ts"
import { onQueue, type Operation, queueOf, queueUrl, required } from "./operation.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html */
export const GetQueueUrl: Operation = {
  members: ["QueueName", "QueueOwnerAWSAccountId"],
  access: onQueue("GetQueueUrl"),
  run(call) {
    const { input, cloud } = call
    required(input, "QueueName")
    if ((input.QueueOwnerAWSAccountId ?? cloud.account) !== cloud.account) throw queueDoesNotExist()
    return { output: { QueueUrl: queueUrl(cloud, queueOf(call).name) } }
  },
}

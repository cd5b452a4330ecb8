import type { Operation } from "./operation.ts"
import { invalid } from "../errors.ts"
import { topicArn } from "../topics.ts"

const nameOf = (name: string | undefined): string => {
  if (name !== undefined && /^[\w-]{1,256}(\.fifo)?$/.test(name)) return name
  throw invalid("Topic Name")
}

/** The same name again answers the topic that is there. https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
export const CreateTopic: Operation = {
  members: ["Name", "Attributes"],
  access: ({ input, cloud }) => [{ action: "sns:CreateTopic", resource: topicArn(cloud, nameOf(input.get("Name"))) }],
  run: ({ input: form, topics, cloud }) => ({
    output: { TopicArn: topics.create(topicArn(cloud, nameOf(form.get("Name"))), form.map("Attributes")).arn },
  }),
}

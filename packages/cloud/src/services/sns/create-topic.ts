import type { Operation } from "./operation.ts"
import { invalid } from "./errors.ts"
import { topicArn } from "./topics.ts"

const nameOf = (name: string | undefined): string => {
  if (name !== undefined && /^[\w-]{1,256}(\.fifo)?$/.test(name)) return name
  throw invalid("Topic Name")
}

/** The same name again answers the topic that is there. https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
export const CreateTopic: Operation = {
  resource: ({ form, cloud }) => topicArn(cloud, nameOf(form.get("Name"))),
  run: ({ form, topics, cloud }) => ({
    TopicArn: topics.create(topicArn(cloud, nameOf(form.get("Name"))), form.map("Attributes")).arn,
  }),
}

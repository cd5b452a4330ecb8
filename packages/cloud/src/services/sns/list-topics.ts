import { anything, type Operation } from "./operation.ts"
import { page } from "./paging.ts"

/** https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html */
export const ListTopics: Operation = {
  resource: anything,
  run({ form, topics }) {
    const { items, NextToken } = page(topics.all(), "topics", form.get("NextToken"))
    return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), NextToken }
  },
}

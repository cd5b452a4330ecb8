import { anything, type Operation } from "./operation.ts"
import { page } from "../paging.ts"

/** https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html */
export const ListTopics: Operation = {
  members: ["NextToken"],
  access: anything("ListTopics"),
  run({ input: form, topics }) {
    const { items, NextToken } = page(topics.all(), "topics", form.get("NextToken"))
    return { output: { Topics: items.map(({ arn }) => ({ TopicArn: arn })), NextToken } }
  },
}

import { readAccess, type Operation } from "./operation.ts"
import { answerRead } from "./get-object.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export const HeadObject: Operation = {
  tier: "get",
  access: readAccess,
  run: (call) => answerRead(call).response,
}

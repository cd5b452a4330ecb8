import { AwsError } from "../../service.ts"

/** AWS's sentence for a member that breaks its constraint. */
export const invalid = (member: string, constraint: string): AwsError =>
  new AwsError(
    "ValidationException",
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`,
  )

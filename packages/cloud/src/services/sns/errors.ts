import { AwsError } from "../../service.ts"

export const invalid = (reason: string): AwsError => new AwsError("InvalidParameter", `Invalid parameter: ${reason}`)
export const notFound = (what: string): AwsError => new AwsError("NotFound", `${what} does not exist`, 404)

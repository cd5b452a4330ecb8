import { AwsError } from "../../service.ts"

export const invalid = (message: string): AwsError => new AwsError("ValidationException", message)

/** Refuses members that an operation does not have here, by name. */
export function validated(operation: string, json: any, members: readonly string[]): void {
  const unknown = Object.keys(json ?? {}).find((member) => !members.includes(member))
  if (unknown !== undefined)
    throw new AwsError(
      "NotSimulatedException",
      `NOT_SIMULATED: dynamodb.${operation}.${unknown}: the local cloud has no engine for it.`,
    )
}

import { AwsError } from "../../service.ts"

/** Refuses by name what the local queues would otherwise ignore. */
export function checkMembers(input: Readonly<Record<string, unknown>>, members: readonly string[], where: string): void {
  for (const name of Object.keys(input))
    if (!members.includes(name))
      throw new AwsError(
        "NotSimulatedException",
        `NOT_SIMULATED: sqs.${where}.${name}: the local queues do not know this parameter.`,
      )
}

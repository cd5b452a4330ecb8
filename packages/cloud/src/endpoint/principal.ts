import type { Who } from "../iam/principal.ts"
import type { Caller, Place } from "../service.ts"

/** `arn:aws:sts::<account>:assumed-role/<role name>/<session>`: Lambda's sessions are called like their function. */
export const assumedRoleArn = ({ roleArn = "", functionName, session }: Caller, { account }: Place): string =>
  `arn:aws:sts::${account}:assumed-role/${roleArn.split("/").at(-1)}/${functionName ?? session ?? "session"}`

export const administratorArn = ({ account }: Place): string => `arn:aws:iam::${account}:user/administrator`

/** The ARN that an error message names. */
export const callerArn = (caller: Caller, place: Place): string =>
  caller.principal ?? (caller.roleArn === undefined ? administratorArn(place) : assumedRoleArn(caller, place))

/** Who that is in the Principal of a resource policy. */
export function whoIs(caller: Caller, place: Place): Who {
  if (caller.kind === "service") return { arns: [], service: caller.principal }
  const arns = caller.roleArn === undefined ? [administratorArn(place)] : [caller.roleArn, assumedRoleArn(caller, place)]
  return { account: place.account, arns }
}

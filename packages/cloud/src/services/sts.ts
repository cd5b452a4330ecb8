import { notSimulated } from "../endpoint/errors.ts"
import { administratorArn, assumedRoleArn } from "../endpoint/principal.ts"
import { AwsError, type AwsRequest, type Place, type Service } from "../service.ts"
import { queryService } from "./protocol/query.ts"

function identityOf({ caller }: AwsRequest, place: Place) {
  if (caller.kind === "admin") return { Arn: administratorArn(place), UserId: "AIDALOCALADMINISTRATOR", Account: place.account }
  return { Arn: assumedRoleArn(caller, place), UserId: `AROALOCAL:${caller.functionName}`, Account: place.account }
}

/** No session is made here: callers have the credentials of their function, or any others, which are the administrator's. */
function refusedOperation(operation: string): AwsError {
  if (!/^(Assume|GetSession|GetFederation|GetScoped|GetDelegated|GetWebIdentity)/.test(operation))
    return notSimulated("sts", operation)
  return new AwsError(
    "NotSimulatedException",
    `NOT_SIMULATED: sts.${operation}: no sessions are made here, so none has a policy of its own (Policy, PolicyArns). A function has its role already; give it the statements that the session would have.`,
  )
}

/** STS: who calls. No permission is needed for that: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export const sts = (): Service => ({
  ...queryService({
    name: "sts",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    operations: {
      GetCallerIdentity: {
        members: [],
        access: () => [],
        run: ({ request, cloud }) => ({ output: identityOf(request, cloud) }),
      },
    },
    context: () => ({}),
    refuse: refusedOperation,
  }),
  types: {},
})

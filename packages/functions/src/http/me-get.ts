import * as Account from "@backline/core/account"
import { useUser } from "@backline/core/actor"
import type { APIGatewayProxyEventV2, APIGatewayProxyEventV2WithJWTAuthorizer } from "aws-lambda"
import { bearerOf, http } from "./handler.ts"

/** GET /me: the profile, made at first use from what Cognito knows. */
export const handler = (event: APIGatewayProxyEventV2) =>
  http({
    run: async () => {
      const { userId, role } = useUser()
      const { claims } = (event as APIGatewayProxyEventV2WithJWTAuthorizer).requestContext.authorizer.jwt
      return { ...(await Account.ensure(userId, () => Account.identityOf(bearerOf(event), String(claims.iss)))), role }
    },
  })(event)

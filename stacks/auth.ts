import { Duration } from "aws-cdk-lib"
import { CfnUserPoolGroup, UserPool } from "aws-cdk-lib/aws-cognito"
import type { StackContext } from "sst/constructs"
import { removal } from "./defaults.ts"

/** Who may sign in. People are invited by an administrator; their group is their role. */
export function Auth({ stack }: StackContext) {
  const pool = new UserPool(stack, "UserPool", {
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    standardAttributes: { email: { required: true, mutable: true } },
    passwordPolicy: {
      minLength: 12,
      requireDigits: false,
      requireSymbols: false,
      requireLowercase: false,
      requireUppercase: false,
    },
    removalPolicy: removal(stack),
  })

  /** A browser client has no secret. It signs in with the password over TLS and renews with the refresh token. */
  const client = pool.addClient("Console", {
    authFlows: { userPassword: true },
    preventUserExistenceErrors: true,
    accessTokenValidity: Duration.hours(1),
    idTokenValidity: Duration.hours(1),
    refreshTokenValidity: Duration.days(7),
    disableOAuth: true,
  })

  for (const [index, role] of ["admin", "editor", "member"].entries())
    new CfnUserPoolGroup(stack, `Group${role}`, { userPoolId: pool.userPoolId, groupName: role, precedence: index })

  const issuer = `https://cognito-idp.${stack.region}.amazonaws.com/${pool.userPoolId}`
  stack.addOutputs({ UserPoolId: pool.userPoolId, ClientId: client.userPoolClientId, Issuer: issuer })
  return { pool, client, issuer }
}

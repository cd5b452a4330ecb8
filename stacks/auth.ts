import { Duration } from "aws-cdk-lib"
import { CfnUserPoolGroup, UserPool } from "aws-cdk-lib/aws-cognito"
import { type StackContext, use } from "sst/constructs"
import { type Allow, removal } from "./defaults.ts"
import { Storage } from "./storage.ts"

/** Who may sign in. People are invited by an administrator; their group is their role. */
export function Auth({ stack }: StackContext) {
  const { standings, tokens } = use(Storage)
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

  const on = (...actions: string[]): Allow => ({ actions: actions.map((each) => `cognito-idp:${each}`), on: [pool.userPoolArn] })
  const standing = {
    env: { STANDING_TABLE: standings.tableName, TOKEN_ISSUER: issuer },
    /** Whether a person is still welcome, asked with a token of theirs, and what is left of a role above a member's. */
    allow: [
      { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], on: [standings.tableArn] },
      on("AdminListGroupsForUser"),
    ] satisfies Allow[],
  }
  const kept = {
    env: { TOKEN_TABLE: tokens.tableName },
    /** Reading the tokens of sessions that have sockets; where there is none a person is asked about by name. */
    read: [{ actions: ["dynamodb:GetItem"], on: [tokens.tableArn] }, on("AdminGetUser")] satisfies Allow[],
    write: { actions: ["dynamodb:PutItem"], on: [tokens.tableArn] } satisfies Allow,
  }
  return { pool, client, issuer, standing, kept, groups: on("AdminListGroupsForUser") }
}

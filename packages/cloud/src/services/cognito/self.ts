import { AwsError } from "../../service.ts"
import { attributesOf, clientOf, type Directory, type Operation, poolOf } from "./operation.ts"
import { checkPolicy, hashOf } from "./password.ts"
import type { User } from "./pool.ts"

async function userOf(token: unknown, directory: Directory): Promise<User> {
  const { poolId, username } = await directory.tokens.read(token)
  const user = poolOf(directory, poolId).get(username)
  if (!user.enabled) throw new AwsError("NotAuthorizedException", "User is disabled.")
  return user
}

/** What people do for themselves, by their tokens. */
export const SELF_OPERATIONS: Record<string, Operation> = {
  GetUser: {
    admin: false,
    async run({ AccessToken }, directory) {
      const user = await userOf(AccessToken, directory)
      return { Username: user.username, UserAttributes: [...user.attributes].map(([Name, Value]) => ({ Name, Value })) }
    },
  },
  GlobalSignOut: {
    admin: false,
    async run({ AccessToken }, directory) {
      directory.tokens.revokeAll(await userOf(AccessToken, directory))
      return {}
    },
  },
  RevokeToken: {
    admin: false,
    run({ Token, ClientId }, directory) {
      const { client } = clientOf(directory, ClientId)
      if (!client.revokes) throw new AwsError("UnsupportedOperationException", "Token revocation is not enabled for this client.")
      directory.tokens.revoke(String(Token), client.id)
      return {}
    },
  },
  SignUp: {
    admin: false,
    async run({ ClientId, Username, Password, UserAttributes }, directory) {
      const { pool } = clientOf(directory, ClientId)
      if (pool.adminsCreateUsers) throw new AwsError("NotAuthorizedException", "SignUp is not permitted for this user pool")
      checkPolicy(String(Password), pool.policy)
      const password = await hashOf(String(Password))
      const user = pool.add(String(Username), attributesOf(UserAttributes), "CONFIRMED", directory.now())
      user.password = password
      directory.kept.user(pool, user)
      return { UserConfirmed: true, UserSub: user.sub }
    },
  },
}

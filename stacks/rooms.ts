import { type StackContext, use } from "sst/constructs"
import type { Allow } from "./defaults.ts"
import { Storage } from "./storage.ts"

/** What rooms need of their table and of profiles, by what a function does with them. */
export function Rooms({ stack }: StackContext) {
  const { accounts, rooms } = use(Storage)
  const livekit = `/backline/${stack.stage}/livekit`
  const env = { ROOM_TABLE: rooms.tableName }

  const on = (...actions: string[]): Allow => ({ actions: actions.map((each) => `dynamodb:${each}`), on: [rooms.tableArn] })
  const lists: Allow = { actions: ["dynamodb:Query"], on: [`${rooms.tableArn}/index/byList`] }
  /** Names and numbers of those who come in. */
  const names = {
    env: { ...env, ACCOUNT_TABLE: accounts.tableName },
    allow: { actions: ["dynamodb:GetItem"], on: [accounts.tableArn] },
  }

  /** Keys of LiveKit are put there by hand, as secure strings: nothing of them is in a template. */
  const keys: Allow = {
    actions: ["ssm:GetParameters"],
    on: [`arn:aws:ssm:${stack.region}:${stack.account}:parameter${livekit}/*`],
  }

  return {
    /** Everything a socket may ask of rooms. */
    talk: {
      env: names.env,
      allow: [names.allow, on("BatchGetItem", "Query", "PutItem", "UpdateItem", "BatchWriteItem")],
    },
    /** Putting the assistant's answer into the log. */
    answer: { env, allow: [on("BatchGetItem", "PutItem", "UpdateItem", "BatchWriteItem")] },
    /** When people who were lost were last there. */
    lost: { env, allow: [on("UpdateItem")] },
    /** Who speaks, and whether they may. */
    announce: { env: names.env, allow: [names.allow, on("BatchGetItem")] },
    create: { env: names.env, allow: [names.allow, on("BatchGetItem", "PutItem")] },
    list: { env, allow: [on("BatchGetItem"), lists] },
    get: { env, allow: [on("BatchGetItem")] },
    read: { env, allow: [on("BatchGetItem", "Query")] },
    invite: { env: names.env, allow: [names.allow, on("BatchGetItem", "PutItem")] },
    call: { env: { ...env, LIVEKIT_PARAMETERS: livekit }, allow: [on("BatchGetItem"), keys] },
    remove: {
      env: { ...names.env, LIVEKIT_PARAMETERS: livekit },
      allow: [names.allow, on("BatchGetItem", "PutItem", "DeleteItem"), keys],
    },
  }
}

import { type Context, contextOf, type Values } from "../iam/context.ts"
import type { AwsRequest, Caller, Place } from "../service.ts"
import { administratorArn } from "./principal.ts"

type Asker = Pick<AwsRequest, "caller" | "headers">
type Key = (request: Asker, place: Place & { now(): number }) => string | undefined

const isService = ({ kind }: Caller) => kind === "service"
const ofService =
  (key: Key): Key =>
  (request, place) =>
    isService(request.caller) ? key(request, place) : undefined
const ofAccount =
  (key: Key): Key =>
  (request, place) =>
    isService(request.caller) ? undefined : key(request, place)

/**
 * Global condition keys, in lower case, made when a statement asks. Loopback stands for TLS, as the public addresses are https.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const GLOBALS: Readonly<Record<string, Key>> = {
  "aws:currenttime": (_, { now }) => new Date(now()).toISOString(),
  "aws:epochtime": (_, { now }) => String(Math.floor(now() / 1_000)),
  "aws:principalaccount": ofAccount((_, { account }) => account),
  "aws:principalarn": ofAccount(({ caller }, place) => caller.roleArn ?? administratorArn(place)),
  "aws:principalisawsservice": ({ caller }) => String(isService(caller)),
  "aws:principalservicename": ofService(({ caller }) => caller.principal),
  "aws:principaltype": ofAccount(({ caller }) => (caller.roleArn === undefined ? "User" : "AssumedRole")),
  "aws:referer": ({ headers }) => headers.referer,
  "aws:requestedregion": (_, { region }) => region,
  "aws:resourceaccount": (_, { account }) => account,
  "aws:securetransport": () => "true",
  "aws:sourceaccount": ofService((_, { account }) => account),
  "aws:sourcearn": ofService(({ caller }) => caller.sourceArn),
  "aws:sourceip": () => "127.0.0.1",
  "aws:useragent": ({ headers }) => headers["user-agent"],
  "aws:username": ofAccount(({ caller }) => (caller.roleArn === undefined ? "administrator" : undefined)),
  "aws:viaawsservice": () => "false",
}

/** The condition keys of a request: what its service gives, and the global ones. */
export function requestContext(request: Asker, place: Place & { now(): number }, given: Values | undefined): Context {
  const own = given && contextOf(given)
  return {
    get(key) {
      const found = own?.get(key)
      if (found) return found
      const value = Object.hasOwn(GLOBALS, key) ? GLOBALS[key]!(request, place) : undefined
      return value === undefined ? undefined : [value]
    },
  }
}

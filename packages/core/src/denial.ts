import { log, metric } from "./logger.ts"

/** What services call it when a caller may not do what it asks; and when they do not know the caller at all, which only another deploy mends either. */
const DENIALS = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "AuthorizationError",
  "AuthorizationErrorException",
  "Forbidden",
  "ForbiddenException",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "KMSAccessDeniedException",
  "KmsAccessDenied",
  "MissingAuthenticationTokenException",
  "NotAuthorized",
  "NotAuthorizedException",
  "OptInRequired",
  "UnauthorizedOperation",
  "UnrecognizedClientException",
])

export interface Denial {
  /** Name of the service's refusal. */
  refusal: string
  /** What the message of AWS tells: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
  role?: string
  action?: string
  resource?: string
}

const SENTENCE =
  /User: arn:[\w-]+:(?:sts|iam)::[\d*]*:(?:assumed-role\/([\w+=,.@-]{1,64})\/|)\S{0,300} is not authorized to perform: ([\w-]{1,64}:[\w*]{1,64})(?: on resource: (arn:\S{1,1100}))?/

export const isDenial = (name: string): boolean => DENIALS.has(name)

/** How deep errors are wrapped in one another at most. */
const DEPTH = 8

/** The denial that an error is or was caused by. Of its message nothing is taken but names: some services repeat headers and signatures in it. */
export function denialOf(thrown: unknown): Denial | undefined {
  for (let error = thrown, depth = 0; error instanceof Error && depth < DEPTH; error = error.cause, depth++) {
    if (!isDenial(error.name)) continue
    const [, role, action, resource] = SENTENCE.exec(error.message) ?? []
    return { refusal: error.name, ...(role && { role }), ...(action && { action }), ...(resource && { resource }) }
  }
  return undefined
}

/**
 * Every client calls this with what it throws: a denial is a mistake of a deploy, and whoever catches it on the way, be it for the best of reasons, does not
 * keep it from being seen. `action` is what was called, for messages that do not say.
 */
export function tellDenial(thrown: unknown, action: string): void {
  const denial = denialOf(thrown)
  if (!denial) return
  log.error("call was denied", { action, ...denial })
  metric({ DeniedCalls: 1 })
}

import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { denialOf, tellDenial } from "./denial.ts"
import { AppError, isRetryable, toAppError } from "./error.ts"
import { faultOf } from "./retry.ts"

let lines: string[] = []
beforeEach(() => {
  lines = []
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line))
})
afterEach(() => vi.restoreAllMocks())

const refusal = (name: string, message = "") => Object.assign(new Error(message), { name })
/** As AWS words it: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const SENTENCE =
  "User: arn:aws:sts::123456789012:assumed-role/NotePostRole/NotePost is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-west-1:123456789012:table/connections because no identity-based policy allows the dynamodb:PutItem action"
const DENIED = {
  refusal: "AccessDeniedException",
  role: "NotePostRole",
  action: "dynamodb:PutItem",
  resource: "arn:aws:dynamodb:eu-west-1:123456789012:table/connections",
}

it("is read from what AWS says, however deep it was wrapped", () => {
  const denial = refusal("AccessDeniedException", SENTENCE)
  const wrapped = new AppError("unavailable", "unavailable.queue", "Send it again.", {
    cause: new Error("outer", { cause: denial }),
    retryAfterMs: 500,
  })
  expect([denialOf(denial), denialOf(wrapped)]).toEqual([DENIED, DENIED])
  expect(denialOf(refusal("ForbiddenException", "Forbidden"))).toEqual({ refusal: "ForbiddenException" })
  for (const other of [
    refusal("ThrottlingException", SENTENCE),
    refusal("ConditionalCheckFailedException"),
    "AccessDenied",
    undefined,
  ])
    expect(denialOf(other)).toBeUndefined()
})

it("is what a caller is told, whatever it was taken for on its way: a failure of ours, not to be sent again", () => {
  const taken = new AppError("unavailable", "unavailable.stream", "Send the events again.", {
    cause: refusal("AccessDenied", SENTENCE),
    retryAfterMs: 2_000,
  })
  const told = toAppError(taken)
  expect(told).toMatchObject({ kind: "internal", code: "internal.denied", retryAfterMs: undefined })
  expect(told.message).not.toMatch(/arn:|try again|send (it|the same) again\./i)
  expect(toAppError(told)).toBe(told)
  // A queue keeps it until a deploy gives the permission, or its dead letters do.
  expect(isRetryable(told)).toBe(true)
})

it("is told in the log with role, action and resource, and with nothing else that a service says", () => {
  const secret = "x-amz-security-token:IQoJb3JpZ2luX2VjSECRET"
  tellDenial(refusal("AccessDeniedException", `${SENTENCE}\n${secret}`), "dynamodb:PutItem")
  tellDenial(refusal("UnrecognizedClientException", `The security token is invalid. ${secret}`), "sqs:SendMessage")
  tellDenial(refusal("ThrottlingException", secret), "sqs:SendMessage")
  const told = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === "error")
  expect(told).toMatchObject([
    { message: "call was denied", ...DENIED },
    { message: "call was denied", refusal: "UnrecognizedClientException", action: "sqs:SendMessage" },
  ])
  expect(lines.join()).not.toContain("SECRET")
})

it("is never tried again, whatever its status", () => {
  for (const name of [
    "AccessDenied",
    "AccessDeniedException",
    "UnrecognizedClientException",
    "NotAuthorized",
    "ForbiddenException",
  ])
    for (const status of [400, 401, 403, 429, 500, 503]) expect(faultOf({ name, status })).toBeUndefined()
})

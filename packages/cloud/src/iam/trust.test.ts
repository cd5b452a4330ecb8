import { expect, test } from "vitest"
import type { Resource } from "../service.ts"
import { checkTrust } from "./trust.ts"

const ROLE = "arn:aws:iam::111122223333:role/worker"
const resource = (logicalId: string, type: string, properties: object, arn?: string): Resource => ({
  logicalId,
  stack: "s",
  type,
  properties,
  identity: { ref: logicalId, arn, attributes: {} },
})
const trusting = (...statements: object[]) =>
  resource("Role", "AWS::IAM::Role", { AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: statements } }, ROLE)
const allow = (Service: string | string[], more: object = {}) => ({
  Effect: "Allow",
  Action: "sts:AssumeRole",
  Principal: { Service },
  ...more,
})
const job = resource("Job", "AWS::Lambda::Function", { Role: ROLE })
const house = resource("House", "AWS::RedshiftServerless::Namespace", { IamRoles: [ROLE], DefaultIamRoleArn: ROLE })

test("a function's role must trust Lambda, a namespace's Redshift", () => {
  expect(() => checkTrust([job, trusting(allow("lambda.amazonaws.com"))])).not.toThrow()
  expect(() =>
    checkTrust([house, trusting(allow(["redshift-serverless.amazonaws.com", "redshift.amazonaws.com"]))]),
  ).not.toThrow()
  expect(() => checkTrust([job, trusting(allow("redshift.amazonaws.com"))])).toThrow(
    "s/Job: The role defined for the function cannot be assumed by Lambda. Let s/Role trust lambda.amazonaws.com.",
  )
  expect(() => checkTrust([house, trusting(allow("lambda.amazonaws.com"))])).toThrow(
    `Redshift is not authorized to assume IAM Role ${ROLE}.`,
  )
})

test("a deny or another action is no trust, and a role of no template is not looked at", () => {
  const denied = trusting(allow("lambda.amazonaws.com"), allow("lambda.amazonaws.com", { Effect: "Deny" }))
  expect(() => checkTrust([job, denied])).toThrow("cannot be assumed by Lambda")
  expect(() => checkTrust([job, trusting(allow("lambda.amazonaws.com", { Action: "sts:TagSession" }))])).toThrow(
    "cannot be assumed",
  )
  expect(() => checkTrust([job])).not.toThrow()
})

import { createHmac, timingSafeEqual } from "node:crypto"
import type { AwsRequest, Cloud } from "../../service.ts"
import type { Form } from "../protocol/form.ts"

const signatureOf = ({ secrets }: Cloud, subscription: string): string =>
  createHmac("sha256", secrets?.keys ?? "")
    .update(`unsubscribe ${subscription}`)
    .digest("hex")

/**
 * The link in a notification works without the caller's signature, as AWS's does. It carries one of its own, since the ids of a template's
 * subscriptions can be worked out from the stacks, and any page may ask for an address.
 */
export const unsubscribeLink = (cloud: Cloud, subscription: string): string =>
  `${cloud.awsUrl}/sns/?Action=Unsubscribe&SubscriptionArn=${subscription}&Signature=${signatureOf(cloud, subscription)}`

export function isUnsubscribeLink(form: Form, cloud: Cloud): boolean {
  const expected = Buffer.from(signatureOf(cloud, form.get("SubscriptionArn") ?? ""))
  const given = Buffer.from(form.get("Signature") ?? "")
  return expected.length === given.length && timingSafeEqual(expected, given)
}

/** An address that a page may ask for, instead of a call. */
export const isUnsigned = ({ url, method }: AwsRequest): boolean => method === "GET" && url.pathname.startsWith("/sns/")

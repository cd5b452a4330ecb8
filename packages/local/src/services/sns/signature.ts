import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto"

/** The key of this run; AWS's is in a certificate of its own, so verifiers that insist on amazonaws.com refuse it. */
let keys: { privateKey: KeyObject; publicKey: KeyObject } | undefined
const pair = () => (keys ??= generateKeyPairSync("rsa", { modulusLength: 2_048 }))

/** Where the public key is read without a signature. */
export const KEY_PATH = "/sns/SimpleNotificationService.pem"

export const publicKeyPem = (): string => pair().publicKey.export({ type: "spki", format: "pem" }).toString()

/** https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html */
export function signatureOf(notification: Readonly<Record<string, string | undefined>>, version: string): string {
  const names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
  const text = names.flatMap((name) => (notification[name] === undefined ? [] : [`${name}\n${notification[name]}\n`])).join("")
  return createSign(version === "2" ? "RSA-SHA256" : "RSA-SHA1")
    .update(text)
    .sign(pair().privateKey, "base64")
}

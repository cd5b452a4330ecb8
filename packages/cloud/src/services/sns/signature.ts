import { createSign, generateKeyPair, type KeyObject } from "node:crypto"
import { promisify } from "node:util"

interface Pair {
  privateKey: KeyObject
  publicKey: KeyObject
}

/** The key of this run; AWS's is in a certificate of its own, so verifiers that insist on amazonaws.com refuse it. */
let made: Promise<Pair> | undefined
const pair = (): Promise<Pair> => (made ??= promisify(generateKeyPair)("rsa", { modulusLength: 2_048 }))

/** Where the public key is read without a signature. */
export const KEY_PATH = "/sns/SimpleNotificationService.pem"

export const publicKeyPem = async (): Promise<string> =>
  (await pair()).publicKey.export({ type: "spki", format: "pem" }).toString()

const NAMES = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]

/** https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html */
export async function signatureOf(notification: Readonly<Record<string, string | undefined>>, version: string): Promise<string> {
  const text = NAMES.flatMap((name) => (notification[name] === undefined ? [] : [`${name}\n${notification[name]}\n`])).join("")
  const { privateKey } = await pair()
  return createSign(version === "2" ? "RSA-SHA256" : "RSA-SHA1")
    .update(text)
    .sign(privateKey, "base64")
}

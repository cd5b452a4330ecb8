import { expect, test } from "vitest"
import { fakeCloud } from "../../../lambda/testing/fake-cloud.ts"
import type { AwsRequest } from "../../../service.ts"
import { checkPresigned } from "./presigned.ts"
import { sign } from "./signature.ts"

/** The example of the documentation: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const SIGNATURE = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
const EXAMPLE =
  "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
  `&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=${SIGNATURE}`

const request = (url: string): AwsRequest => ({
  service: "s3",
  method: "GET",
  url: new URL(url),
  headers: { host: "examplebucket.s3.amazonaws.com" },
  body: Buffer.alloc(0),
  caller: { kind: "function", functionName: "f" },
  requestId: "r",
  signal: new AbortController().signal,
})

function exampleCloud(now: number) {
  const cloud = fakeCloud({ now })
  cloud.lambda = {
    ...cloud.lambda,
    credentials: () => ({ accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" }),
  }
  return cloud
}

test("the documented example of a signed URL is verified, on its day", () => {
  const at = Date.UTC(2013, 4, 24)
  expect(() => checkPresigned(request(EXAMPLE), exampleCloud(at + 86_400_000))).not.toThrow()
  expect(() => checkPresigned(request(EXAMPLE), exampleCloud(at + 86_400_001))).toThrow("Request has expired")
  expect(() => checkPresigned(request(EXAMPLE.replace("test.txt", "tesu.txt")), exampleCloud(at))).toThrow("does not match")
})

test("the documented example of a policy's signature comes out", () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
  const policy =
    "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9"
  const scope = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", date: "20151229", region: "us-east-1" }
  expect(sign("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", scope, policy)).toBe(
    "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e",
  )
})

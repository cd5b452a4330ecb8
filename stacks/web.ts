import { Duration } from "aws-cdk-lib"
import {
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront"
import { S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins"
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3"
import type { StackContext } from "sst/constructs"
import { removal } from "./defaults.ts"
import { sizes } from "./stages.ts"

/** Where the console lives: a private bucket behind CloudFront. What is in it comes from the Console stack, once the APIs have addresses. */
export function Web({ stack }: StackContext) {
  const site = new Bucket(stack, "SiteBucket", {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: removal(stack),
  })

  const apis = [
    `https://*.execute-api.${stack.region}.amazonaws.com`,
    `wss://*.execute-api.${stack.region}.amazonaws.com`,
    `https://cognito-idp.${stack.region}.amazonaws.com`,
  ]
  /**
   * LiveKit's address is a parameter, which can change without a deploy, so no template knows it: any wss:// host may be connected to. That gives away
   * nothing which `*.execute-api` above does not, where anybody can have an API; scripts come from here alone. https:// is what LiveKit Cloud is asked
   * for the nearest region; elsewhere it would only say more exactly why a socket was refused.
   */
  const calls = ["wss:", "https://*.livekit.cloud", ...(sizes(stack.stage).calls ?? [])]
  const headers = new ResponseHeadersPolicy(stack, "SiteHeaders", {
    customHeadersBehavior: {
      customHeaders: [
        {
          header: "Permissions-Policy",
          /** What calls use, for this page alone; nothing else is ever asked for. */
          value: "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), geolocation=(), payment=(), usb=()",
          override: true,
        },
      ],
    },
    securityHeadersBehavior: {
      contentSecurityPolicy: {
        override: true,
        contentSecurityPolicy: [
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "img-src 'self' data:",
          "font-src 'self'",
          "manifest-src 'self'",
          `connect-src 'self' ${[...apis, ...calls].join(" ")}`,
          "base-uri 'none'",
          "form-action 'self'",
          "frame-ancestors 'none'",
        ].join("; "),
      },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
    },
  })

  const page = { httpStatus: 403, responseHttpStatus: 200, responsePagePath: "/index.html", ttl: Duration.seconds(0) }
  const distribution = new Distribution(stack, "Site", {
    comment: `${stack.stackName} console`,
    defaultRootObject: "index.html",
    defaultBehavior: {
      origin: S3BucketOrigin.withOriginAccessControl(site),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: headers,
      compress: true,
    },
    /** Paths of the console are routes of one page. A private bucket answers 403 for what it does not have. */
    errorResponses: [page, { ...page, httpStatus: 404 }],
  })

  const origin = `https://${distribution.distributionDomainName}`
  stack.addOutputs({ Console: origin })
  return { site, origin }
}

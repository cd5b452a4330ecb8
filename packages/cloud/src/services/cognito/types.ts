import type { ResourceType } from "../../service.ts"

const NO_MAIL = "nothing is sent from a laptop"
const NO_HOSTED_UI = "the hosted sign-in pages have no engine here"

/** What a user pool and its parts are, here; `provision` is bound by the service, which holds the state. */
export const USER_POOL: Omit<ResourceType, "provision"> = {
  simulated: [
    "AdminCreateUserConfig.AllowAdminCreateUserOnly",
    "Policies.PasswordPolicy",
    "UsernameAttributes",
    "AliasAttributes",
    "UserPoolName",
  ],
  ignored: {
    "AdminCreateUserConfig.InviteMessageTemplate": NO_MAIL,
    AccountRecoverySetting: "passwords are set by an administrator here",
    AutoVerifiedAttributes: NO_MAIL,
    DeletionProtection: "a pool is never deleted while it runs",
    EmailConfiguration: NO_MAIL,
    EmailVerificationMessage: NO_MAIL,
    EmailVerificationSubject: NO_MAIL,
    MfaConfiguration: "sign-in at home is by password alone",
    Schema: "attributes of any name are kept as they come",
    SmsVerificationMessage: NO_MAIL,
    UserAttributeUpdateSettings: NO_MAIL,
    UsernameConfiguration: "names match without regard to case, the default of new pools",
    UserPoolAddOns: "threat protection has no engine here",
    UserPoolTags: "a label without effect",
    UserPoolTier: "prices nothing here",
    VerificationMessageTemplate: NO_MAIL,
  },
  identify(resource, { region, account }) {
    const ref = `${region}_${resource.hash(9)}`
    const arn = `arn:aws:cognito-idp:${region}:${account}:userpool/${ref}`
    const ProviderName = `cognito-idp.${region}.amazonaws.com/${ref}`
    return { ref, arn, attributes: { Arn: arn, ProviderName, ProviderURL: `https://${ProviderName}`, UserPoolId: ref } }
  },
}

export const USER_POOL_CLIENT: Omit<ResourceType, "provision"> = {
  simulated: [
    "UserPoolId",
    "ExplicitAuthFlows",
    "AccessTokenValidity",
    "IdTokenValidity",
    "RefreshTokenValidity",
    "TokenValidityUnits",
    "PreventUserExistenceErrors",
    "EnableTokenRevocation",
  ],
  ignored: {
    AllowedOAuthFlows: NO_HOSTED_UI,
    AllowedOAuthFlowsUserPoolClient: NO_HOSTED_UI,
    AllowedOAuthScopes: NO_HOSTED_UI,
    CallbackURLs: NO_HOSTED_UI,
    LogoutURLs: NO_HOSTED_UI,
    DefaultRedirectURI: NO_HOSTED_UI,
    SupportedIdentityProviders: "the pool's own users are the only ones",
    ClientName: "a label without effect",
    AuthSessionValidity: "a challenge lasts the default of three minutes",
    ReadAttributes: "clients read all attributes of their user",
    WriteAttributes: "clients write no attributes here",
  },
  identify(resource) {
    const ref = resource.hash(26).toLowerCase()
    return { ref, attributes: { ClientId: ref } }
  },
}

export const USER_POOL_GROUP: Omit<ResourceType, "provision"> = {
  simulated: ["UserPoolId", "GroupName"],
  ignored: { Description: "a label without effect", Precedence: "decides between IAM roles, which groups have none of here" },
  identify: (resource) => ({
    ref: String(resource.property("GroupName") ?? resource.physicalName({ max: 128 })),
    attributes: {},
  }),
}

export const USER_POOL_DOMAIN: ResourceType = {
  simulated: [],
  ignored: {
    UserPoolId: NO_HOSTED_UI,
    Domain: NO_HOSTED_UI,
    CustomDomainConfig: NO_HOSTED_UI,
    ManagedLoginVersion: NO_HOSTED_UI,
  },
  identify: (resource) => ({
    ref: String(resource.property("Domain")),
    attributes: { CloudFrontDistribution: `d${resource.hash(13).toLowerCase()}.cloudfront.net` },
  }),
}

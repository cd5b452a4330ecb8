import { expect, test } from "vitest"
import { engines } from "../engines.ts"
import { Sockets } from "../gateway/index.ts"
import { createLambda } from "../lambda/runtime.ts"
import type { ResourceType } from "../service.ts"
import { Streams } from "../services/kinesis/index.ts"
import { assemble } from "./index.ts"
import type { Templates } from "./template.ts"

/** Properties that CloudFormation knows and AWS acts on, by type; those below others are written with dots. */
const PROPERTIES: Record<string, string> = {
  "AWS::ApiGatewayV2::Api":
    "ApiKeySelectionExpression Body BodyS3Location CredentialsArn DisableSchemaValidation FailOnWarnings RouteKey",
  "AWS::ApiGatewayV2::Authorizer":
    "AuthorizerCredentialsArn AuthorizerPayloadFormatVersion AuthorizerResultTtlInSeconds EnableSimpleResponses",
  "AWS::ApiGatewayV2::Integration":
    "ConnectionId ContentHandlingStrategy CredentialsArn IntegrationSubtype PassthroughBehavior RequestParameters RequestTemplates ResponseParameters TemplateSelectionExpression TlsConfig.ServerNameToVerify",
  "AWS::ApiGatewayV2::Route":
    "ApiKeyRequired ModelSelectionExpression RequestModels RequestParameters RouteResponseSelectionExpression",
  "AWS::ApiGatewayV2::Stage": "AccessPolicyId ClientCertificateId RouteSettings",
  "AWS::CloudFront::Distribution":
    "DistributionConfig.CacheBehaviors.LambdaFunctionAssociations DistributionConfig.CacheBehaviors.TrustedKeyGroups DistributionConfig.ContinuousDeploymentPolicyId DistributionConfig.DefaultCacheBehavior.FieldLevelEncryptionId DistributionConfig.DefaultCacheBehavior.ForwardedValues.QueryString DistributionConfig.DefaultCacheBehavior.LambdaFunctionAssociations DistributionConfig.DefaultCacheBehavior.RealtimeLogConfigArn DistributionConfig.DefaultCacheBehavior.TrustedSigners DistributionConfig.OriginGroups.Quantity DistributionConfig.Origins.OriginShield.Enabled DistributionConfig.Staging",
  "AWS::CloudFront::ResponseHeadersPolicy":
    "ResponseHeadersPolicyConfig.CorsConfig.OriginOverride ResponseHeadersPolicyConfig.ServerTimingHeadersConfig.Enabled",
  "AWS::Cognito::UserPool":
    "DeviceConfiguration.ChallengeRequiredOnNewDevice EnabledMfas LambdaConfig.PreSignUp Policies.SignInPolicy.AllowedFirstAuthFactors SmsConfiguration.SnsCallerArn WebAuthnRelyingPartyID",
  "AWS::Cognito::UserPoolClient":
    "AnalyticsConfiguration.ApplicationId EnablePropagateAdditionalUserContextData GenerateSecret RefreshTokenRotation.Feature",
  "AWS::Cognito::UserPoolGroup": "RoleArn",
  "AWS::DynamoDB::Table":
    "ImportSourceSpecification.S3BucketSource KinesisStreamSpecification.StreamArn ResourcePolicy.PolicyDocument",
  "AWS::Events::Rule": "EventBusName RoleArn",
  "AWS::IAM::ManagedPolicy": "Groups Users",
  "AWS::IAM::Policy": "Groups Users",
  "AWS::IAM::Role": "PermissionsBoundary",
  "AWS::Kinesis::Stream": "DesiredShardLevelMetrics WarmThroughputMiBps StreamModeDetails.OnDemandThroughput",
  "AWS::Lambda::EventSourceMapping":
    "AmazonManagedKafkaEventSourceConfig.ConsumerGroupId DocumentDBEventSourceConfig.DatabaseName Queues SelfManagedEventSource.Endpoints SourceAccessConfigurations Topics TumblingWindowInSeconds",
  "AWS::Lambda::Function":
    "CapacityProviderConfig.LambdaManagedInstancesCapacityProviderConfig CodeSigningConfigArn DurableConfig.ExecutionTimeout FileSystemConfigs ImageConfig.Command Layers LoggingConfig.ApplicationLogLevel LoggingConfig.SystemLogLevel PackageType RecursiveLoop SnapStart.ApplyOn TracingConfig.Sampling",
  "AWS::Lambda::Permission": "EventSourceToken FunctionUrlAuthType InvokedViaFunctionUrl PrincipalOrgID",
  "AWS::Logs::LogGroup": "FieldIndexPolicies ResourcePolicyDocument",
  "AWS::RedshiftServerless::Namespace": "RedshiftIdcApplicationArn",
  "AWS::RedshiftServerless::Workgroup": "IpAddressType",
  "AWS::S3::Bucket":
    "AccelerateConfiguration.AccelerationStatus AnalyticsConfigurations IntelligentTieringConfigurations InventoryConfigurations MetadataTableConfiguration.S3TablesDestination MetricsConfigurations ObjectLockEnabled ReplicationConfiguration.Role WebsiteConfiguration.IndexDocument",
  "AWS::SSM::Parameter": "Policies",
}

/** Types that have no engine. */
const TYPES =
  "AWS::AppSync::GraphQLApi AWS::Batch::JobQueue AWS::EC2::Instance AWS::ECS::Service AWS::EFS::FileSystem AWS::ElastiCache::ReplicationGroup AWS::ElasticLoadBalancingV2::LoadBalancer AWS::Glue::Job AWS::Lambda::CodeSigningConfig AWS::Lambda::LayerVersionPermission AWS::MSK::Cluster AWS::OpenSearchService::Domain AWS::RDS::DBCluster AWS::StepFunctions::StateMachine".split(
    " ",
  )

const streams = new Streams()
const lambda = createLambda({ root: process.cwd(), handlers: {}, streams, bundles: ".tmp/no-bundles" })
const services = engines({ assembly: () => ".", streams, sockets: new Sockets(), lambda })
const typeOf = (type: string): ResourceType | undefined => services.find((service) => service.types[type])?.types[type]

/** A property of that path with a list where CloudFormation has one. */
function valueAt(path: readonly string[]): unknown {
  const [name, ...rest] = path
  if (name === undefined) return "a value"
  const inner = { [name]: valueAt(rest) }
  return inner
}
const LISTS = new Set(["CacheBehaviors", "Origins"])
const listed = (value: any): any =>
  typeof value === "object"
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, LISTS.has(name) ? [listed(inner)] : listed(inner)]))
    : value

/** What the boot says to one resource of that type with that property. */
function refusal(type: string, path?: string): string {
  const properties = path === undefined ? {} : (listed(valueAt(path.split("."))) as Record<string, unknown>)
  const resource = { stack: "s", logicalId: "R", type, properties, metadata: {}, dependsOn: [], policies: {} }
  const templates: Templates = {
    resources: [resource],
    exports: new Map(),
    parameters: new Map(),
    conditions: new Map(),
    handlers: {},
  }
  try {
    const place = { account: "111122223333", region: "us-east-1", stage: "test" }
    assemble(templates, place, typeOf, () => ({ aws: "http://127.0.0.1:1", apis: new Map(), sites: new Map() }))
    return "nothing"
  } catch (thrown) {
    return (thrown as Error).message
  }
}

/** Whether the path is acted on by name, or stands, or lies in what stands, with a reason why it needs no engine. */
const isListed = (type: string, path: string): boolean => {
  const { simulated, ignored = {} } = typeOf(type)!
  return simulated.includes(path) || Object.keys(ignored).some((name) => path === name || path.startsWith(`${name}.`))
}

const rows = Object.entries(PROPERTIES).flatMap(([type, paths]) => paths.split(" ").map((path) => [type, path] as const))

test("a property that has something else in its place is refused with what to do instead", () => {
  expect(refusal("AWS::Lambda::Function", "DurableConfig.ExecutionTimeout")).toContain(
    "NOT_SIMULATED: AWS::Lambda::Function.DurableConfig (s/R): durable functions are not run here",
  )
  expect(refusal("AWS::Kinesis::Stream", "WarmThroughputMiBps")).toContain("(s/R): throughput is not bought in advance here")
})

test("a property or type that has no engine refuses the boot by name; none is passed over in silence", () => {
  const silent: string[] = []
  let refused = 0
  let understood = 0
  for (const [type, path] of rows) {
    const said = refusal(type, path)
    if (said.includes(`NOT_SIMULATED: ${type}.${path.split(".")[0]}`)) refused++
    else if (isListed(type, path)) understood++
    else silent.push(`${type}.${path}: ${said}`)
  }
  for (const type of TYPES) {
    if (refusal(type).includes(`NOT_SIMULATED: ${type}`)) refused++
    else if (typeOf(type)) understood++
    else silent.push(type)
  }
  const all = rows.length + TYPES.length
  console.log(
    `${all} properties and types: ${refused} refused by name, ${understood} understood since, ${silent.length} ignored in silence`,
  )
  expect(silent).toEqual([])
  expect(all).toBeGreaterThanOrEqual(100)
  expect(refused).toBeGreaterThan(all / 2)
})

test("every property that needs no engine has its reason", () => {
  const types = services.flatMap((service) => Object.entries(service.types))
  for (const [type, { ignored = {} }] of types)
    for (const [property, reason] of Object.entries(ignored)) expect(reason.length, `${type}.${property}`).toBeGreaterThan(8)
})

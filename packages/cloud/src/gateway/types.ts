import type { Identity, ResourceType, Unnamed } from "../service.ts"

const PRICELESS = "a label without effect"

const named =
  (attribute: string, length = 7) =>
  (resource: Unnamed): Identity => {
    const ref = resource.hash(length)
    return { ref, attributes: { [attribute]: ref } }
  }

/** Resource types of API Gateway v2: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApiGatewayV2.html */
export const API_GATEWAY_TYPES: Readonly<Record<string, ResourceType>> = {
  "AWS::ApiGatewayV2::Api": {
    simulated: ["Name", "ProtocolType", "RouteSelectionExpression", "CorsConfiguration"],
    ignored: {
      Description: PRICELESS,
      Tags: PRICELESS,
      IpAddressType: "loopback has one address",
      DisableExecuteApiEndpoint: "the local address is the only one an API has here",
    },
    identify(resource, { region }) {
      const ref = resource.hash(10)
      const scheme = resource.property("ProtocolType") === "WEBSOCKET" ? "wss" : "https"
      return { ref, attributes: { ApiId: ref, ApiEndpoint: `${scheme}://${ref}.execute-api.${region}.amazonaws.com` } }
    },
  },
  "AWS::ApiGatewayV2::Route": {
    simulated: [
      "ApiId",
      "RouteKey",
      "Target",
      "AuthorizationType",
      "AuthorizerId",
      "AuthorizationScopes",
      "RouteResponseSelectionExpression",
    ],
    ignored: { OperationName: PRICELESS },
    identify: named("RouteId"),
  },
  "AWS::ApiGatewayV2::RouteResponse": {
    simulated: ["ApiId", "RouteId", "RouteResponseKey"],
    identify: named("RouteResponseId"),
  },
  "AWS::ApiGatewayV2::Integration": {
    simulated: ["ApiId", "IntegrationType", "IntegrationUri", "PayloadFormatVersion", "TimeoutInMillis"],
    ignored: {
      Description: PRICELESS,
      IntegrationMethod: "Lambda is invoked with POST whatever this says",
      ConnectionType: "functions are reached without a VPC link",
    },
    identify: named("IntegrationId"),
  },
  "AWS::ApiGatewayV2::Authorizer": {
    simulated: ["ApiId", "AuthorizerType", "AuthorizerUri", "IdentitySource", "JwtConfiguration"],
    ignored: { Name: PRICELESS },
    identify: named("AuthorizerId", 6),
  },
  "AWS::ApiGatewayV2::Stage": {
    simulated: [
      "ApiId",
      "StageName",
      "StageVariables",
      "AccessLogSettings",
      "DefaultRouteSettings.ThrottlingBurstLimit",
      "DefaultRouteSettings.ThrottlingRateLimit",
    ],
    ignored: {
      AutoDeploy: "the template is the only version there is",
      DeploymentId: "the template is the only version there is",
      Description: PRICELESS,
      Tags: PRICELESS,
      "DefaultRouteSettings.DetailedMetricsEnabled": "no metrics service",
      "DefaultRouteSettings.LoggingLevel": "errors of the gateway go to the local cloud's log",
      "DefaultRouteSettings.DataTraceEnabled": "bodies are never logged here",
    },
    identify: (resource) => ({ ref: String(resource.property("StageName")), attributes: {} }),
  },
  "AWS::ApiGatewayV2::Deployment": {
    simulated: ["ApiId"],
    ignored: { Description: PRICELESS, StageName: "stages come from AWS::ApiGatewayV2::Stage" },
    identify: named("DeploymentId", 6),
  },
}

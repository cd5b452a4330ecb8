/**
 * The gateways of the local cloud. In the order a cloud uses them:
 *
 *   const sockets = new Sockets()                      // live WebSocket connections, shared by the two below
 *   services.push(executeApi(sockets), cloudFront(), bucketDeployment({ assetFolder }))
 *   …provision…
 *   const http = await startHttpApis(cloud, { [apiId]: 3001 })            // a missing port means any free one
 *   const ws = await startWebSocketApis(cloud, { [apiId]: 3002 }, sockets)
 *   const console = await startDistributions(cloud, { [distributionId]: 3000 })
 *   http.urls[apiId]  →  "http://127.0.0.1:3001" · ws.urls[apiId] → "ws://127.0.0.1:3002" (stages are paths below it)
 *   http.state() · await http.stop()
 *
 * Ids are the `Ref` of AWS::ApiGatewayV2::Api and AWS::CloudFront::Distribution.
 * `sockets.reset(id)` and `sockets.blackhole(id)` serve POST /_local/sockets/{connectionId}.
 */
export type { Gateway, Ports } from "./gateway.ts"
export { bucketDeployment } from "./bucket-deployment.ts"
export { executeApi } from "./connections.ts"
export { startDistributions } from "./distribution.ts"
export { cloudFront } from "./distribution-types.ts"
export { startHttpApis } from "./http-api.ts"
export { Sockets } from "./sockets.ts"
export { startWebSocketApis } from "./websocket-api.ts"

import { join } from "node:path"
import { bucketDeployment, cloudFront, executeApi, type Sockets } from "./gateway/index.ts"
import type { LocalLambda } from "./lambda/runtime.ts"
import type { Service } from "./service.ts"

import { bedrock } from "./services/bedrock/index.ts"
import type { Model } from "./services/bedrock/request.ts"
import { cloudformation } from "./services/cloudformation.ts"
import { cognito } from "./services/cognito/index.ts"
import { dynamodb } from "./services/dynamodb/index.ts"
import { type Events, events } from "./services/events/index.ts"
import { iam } from "./services/iam.ts"
import { kinesis, type Streams } from "./services/kinesis/index.ts"
import { logs } from "./services/logs/index.ts"
import { redshiftData } from "./services/redshift-data/index.ts"
import { s3 } from "./services/s3/index.ts"
import { scheduler } from "./services/scheduler/index.ts"
import { sns } from "./services/sns/index.ts"
import { sqs } from "./services/sqs/index.ts"
import { ssm } from "./services/ssm.ts"
import { sts } from "./services/sts.ts"
import { xray } from "./services/xray.ts"

interface Parts {
  /** Folder of the newest synthesis, whose file assets the console's upload reads. */
  assembly(): string
  streams: Streams
  sockets: Sockets
  lambda: LocalLambda
  /** What answers as Bedrock. */
  model?: Model
  /** Takes the events that other engines put on the default bus. */
  bus?: Events
}

/** Every engine of the local cloud; a new one is one line here. */
export const engines = ({ assembly, streams, sockets, lambda, model, bus = events() }: Parts): Service[] => [
  iam(),
  sts(),
  ssm(),
  cloudformation(),
  logs(),
  xray(),
  dynamodb(),
  s3(),
  sqs(),
  sns(),
  kinesis(streams),
  redshiftData({
    // https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-monitoring-events.html
    onStatement: (detail) =>
      bus.emit({ source: "aws.redshift-data", detailType: "Redshift Data Statement Status Change", detail }),
  }),

  bedrock({ model }),
  cognito(),
  lambda.service,
  bus,
  scheduler(),
  executeApi(sockets),
  cloudFront(),
  bucketDeployment({ assetFolder: (key) => join(assembly(), "templates", `asset.${key.replace(/\.zip$/, "")}`) }),
]

import { Duration, RemovalPolicy, Tags } from "aws-cdk-lib"
import { Rule, Schedule } from "aws-cdk-lib/aws-events"
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets"
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam"
import { EventInvokeConfig, LoggingFormat, SystemLogLevel, type DlqDestinationConfig } from "aws-cdk-lib/aws-lambda"
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs"
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs"
import { type App, Function, type Stack } from "sst/constructs"
import { sizes } from "./stages.ts"

export function defaults(app: App): void {
  app.setDefaultFunctionProps({
    runtime: "nodejs22.x",
    architecture: "arm_64",
    nodejs: {
      format: "esm",
      minify: true,
      sourcemap: true,
      /** What is imported inside of a call lies in a file of its own, which start-up does not read. */
      splitting: true,
      esbuild: {
        /** Telling each function its name at start-up costs more than the smaller code saves; the maps beside the code know the names. */
        keepNames: false,
        /** Node, where it is told to use source maps, parses them before the handler runs: without the sources in them a third of the work. */
        sourcesContent: false,
      },
    },
  })
}

/** `actions` on `on`: explicit actions, explicit ARNs. */
export interface Allow {
  actions: string[]
  on: string[]
}

export interface HandlerProps {
  /** `packages/functions/src/<trigger>/<file>.handler` */
  handler: string
  env?: Record<string, string>
  allow?: Allow[]
  /** Seconds; 10 unless told. */
  timeout?: number
  /** Database roles the Data API signs this function in with: https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-iam-access-federated-db-roles.html */
  databaseRoles?: string
  /**
   * Called for each frame: Lambda's own lines about invocations that went well would be most of what it writes, and cost as much as two invocations.
   * Those that failed are still told of, and its metrics count and time all.
   */
  hot?: boolean
  /** MB; 512 unless told: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
  memory?: number
}

const RETENTION = { 7: RetentionDays.ONE_WEEK, 30: RetentionDays.ONE_MONTH, 90: RetentionDays.THREE_MONTHS }

/** A function with its own role, its own log group, and nothing it was not given by name. */
export function handler(stack: Stack, id: string, props: HandlerProps): Function {
  const stage = sizes(stack.stage)
  const logGroup = new LogGroup(stack, `${id}Logs`, { retention: RETENTION[stage.logDays], removalPolicy: RemovalPolicy.DESTROY })
  const role = new Role(stack, `${id}Role`, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") })
  role.addToPolicy(statement("Logs", { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], on: [logGroup.logGroupArn] }))
  props.allow?.forEach((allow, index) => role.addToPolicy(statement(`Allow${index + 1}`, allow)))
  if (props.databaseRoles) Tags.of(role).add("RedshiftDbRoles", props.databaseRoles)
  return new Function(stack, id, {
    handler: props.handler,
    role,
    logGroup,
    timeout: props.timeout ?? 10,
    memorySize: props.memory ?? 512,
    tracing: stage.tracing,
    environment: props.env ?? {},
    /** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html */
    ...(props.hot && { loggingFormat: LoggingFormat.JSON, systemLogLevelV2: SystemLogLevel.WARN }),
  })
}

const statement = (sid: string, allow: Allow) => new PolicyStatement({ sid, actions: allow.actions, resources: allow.on })

/** Keeps what failed for good until a person has looked at it. */
const deadLetter = (stack: Stack, id: string, fifo?: boolean): Queue =>
  new Queue(stack, id, {
    ...(fifo ? { fifo } : {}),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  })

interface QueueProps {
  /** Its consumer's, in seconds: visibility is six times that, as AWS advises for Lambda sources. */
  timeout: number
  receives: number
  /** One group at a time in order; throughput and deduplication are each group's own. */
  fifo?: boolean
  delay?: Duration
}

const FIFO = {
  fifo: true,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
}

/** A queue and its dead letter. */
export function queue(stack: Stack, id: string, props: QueueProps): { queue: Queue; dead: Queue } {
  const dead = deadLetter(stack, `${id}Dead`, props.fifo)
  const made = new Queue(stack, id, {
    ...(props.fifo ? FIFO : {}),
    deliveryDelay: props.delay,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(4),
    visibilityTimeout: Duration.seconds(6 * props.timeout),
    receiveMessageWaitTime: Duration.seconds(20),
    deadLetterQueue: { queue: dead, maxReceiveCount: props.receives },
  })
  return { queue: made, dead }
}

/** `queue` as a failure destination. CDK's own constructs grant more than sending; the function that needs it is given `send`. */
export const failuresTo = (queue: Queue): { bind(): DlqDestinationConfig } => ({ bind: () => ({ destination: queue.queueArn }) })

export const send = (queue: Queue): Allow => ({ actions: ["sqs:SendMessage"], on: [queue.queueArn] })

/** A function on a schedule. What EventBridge cannot hand over and what the function fails at for good end in one dead letter; a run that comes late is left to the next. */
export function scheduled(stack: Stack, id: string, { every, ...props }: HandlerProps & { every: Duration }): Function {
  const failures = deadLetter(stack, `${id}Failures`)
  const made = handler(stack, id, { ...props, allow: [...(props.allow ?? []), send(failures)] })
  const limits = { retryAttempts: 1, maxEventAge: every }
  new EventInvokeConfig(stack, `${id}Retries`, { function: made, ...limits, onFailure: failuresTo(failures) })
  new Rule(stack, `${id}Schedule`, {
    schedule: Schedule.rate(every),
    targets: [new LambdaFunction(made, { ...limits, deadLetterQueue: failures })],
  })
  return made
}

/** What the Lambda service needs to poll a queue as the function's role: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export const consume = (source: Queue): Allow => ({
  actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  on: [source.queueArn],
})

export const removal = (stack: Stack): RemovalPolicy => (sizes(stack.stage).retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY)

import { dirname } from "node:path"
import type { Cloud } from "../service.ts"
import { credentialsOf, type FunctionSpec } from "./function.ts"

/**
 * The whole environment of a function: its template's variables and what Lambda sets, nothing of the host.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function environmentOf(
  spec: FunctionSpec,
  version: string,
  logStream: string,
  file: string,
  cloud: Cloud,
): Record<string, string> {
  const { accessKeyId, secretAccessKey } = credentialsOf(cloud, spec.name)
  const { NODE_OPTIONS: _, ...variables } = spec.environment
  return {
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    ...variables,
    _HANDLER: spec.entry,
    AWS_REGION: cloud.region,
    AWS_DEFAULT_REGION: cloud.region,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    ...(spec.logFormat === "JSON" && { AWS_LAMBDA_LOG_FORMAT: "JSON" }),
    AWS_LAMBDA_LOG_GROUP_NAME: spec.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    LAMBDA_TASK_ROOT: dirname(file),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: "local",
    AWS_ENDPOINT_URL: cloud.awsUrl,
    // The SDK would find the host's own profile by the home folder, which is no environment variable.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    // Deployed functions run on 22, so every worker's complaint about this Node would only be noise.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  }
}

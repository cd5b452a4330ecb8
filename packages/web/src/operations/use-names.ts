import { useMemo } from "react"
import { useLocal } from "./use-local.ts"

type Option = readonly [value: string, label: string]

/** Physical name and short name of every function, for a choice. */
export function useFunctionNames(): Option[] {
  const { resources, names } = useLocal()
  return useMemo(
    () =>
      resources
        .flatMap(({ type, name }): Option[] => (type === "AWS::Lambda::Function" && name ? [[name, names.of(name)]] : []))
        .toSorted((a, b) => a[1].localeCompare(b[1])),
    [resources, names],
  )
}

/** Services by their signing names. */
export const SERVICES: readonly Option[] = [
  ["bedrock", "Bedrock"],
  ["cognito-idp", "Cognito"],
  ["dynamodb", "DynamoDB"],
  ["execute-api", "@connections"],
  ["kinesis", "Kinesis"],
  ["lambda", "Lambda"],
  ["logs", "CloudWatch Logs"],
  ["redshift-data", "Redshift"],
  ["s3", "S3"],
  ["sns", "SNS"],
  ["sqs", "SQS"],
  ["ssm", "Parameter Store"],
]

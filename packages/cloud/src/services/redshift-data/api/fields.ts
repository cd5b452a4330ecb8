import * as z from "zod"
import { AwsError } from "../../../service.ts"

/** Members as the service's model bounds them. https://docs.aws.amazon.com/redshift-data/latest/APIReference/ */
export const fields = {
  Database: z.string().min(1).optional(),
  WorkgroupName: z
    .string()
    .min(3)
    .max(128)
    .regex(/^(([a-z0-9-]+)|(arn:(aws(-[a-z]+)*):redshift-serverless:[a-z]{2}(-gov)?-[a-z]+-\d:\d{12}:workgroup\/[a-z0-9-]+))$/)
    .optional(),
  ClusterIdentifier: z.string().min(1).max(63).optional(),
  ClientToken: z.string().min(1).max(64).optional(),
  StatementName: z.string().max(2_048).optional(),
  Parameters: z
    .array(z.strictObject({ name: z.string().regex(/^[0-9a-zA-Z_]+$/), value: z.string().min(1) }))
    .min(1)
    .optional(),
  WithEvent: z.boolean().optional(),
  WaitTimeSeconds: z.number().int().min(1).max(30).optional(),
  SessionKeepAliveSeconds: z.number().int().min(0).max(86_400).optional(),
  SessionId: z
    .string()
    .regex(/^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}$/)
    .optional(),
  /** A statement, or with `:n` one part of a batch. */
  Id: z.string().regex(/^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\d+)?$/),
  NextToken: z.string().optional(),
  /** JSON is read with GetStatementResult, CSV with GetStatementResultV2. */
  ResultFormat: z.enum(["JSON", "CSV"]).optional(),
  /** Members of clusters and secrets, which a serverless workgroup by IAM does not take. */
  SecretArn: z.string().optional(),
  DbUser: z.string().optional(),
  ConnectedDatabase: z.string().optional(),
}
export const maxResults = (most: number) => z.number().int().min(0).max(most).optional()

/** Text of one statement, at most 100 KB as documented. */
const sql = z
  .string()
  .refine((text) => Buffer.byteLength(text) <= 100_000, { error: "Member must have length less than or equal to 100000 bytes" })

const { Id: _id, NextToken: _token, ConnectedDatabase: _connected, ...common } = fields
export const executeInput = z.object({ ...common, Sql: sql })
export const batchInput = z.object({
  ...common,
  Sqls: z.array(sql).min(1).max(40),
  ExecutionMode: z.enum(["TRANSACTION", "AUTO_COMMIT"]).optional(),
})

export function parse<T>(schema: z.ZodType<T>, json: unknown): T {
  const result = schema.safeParse(json ?? {})
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = issue!.path.join(".")
  const member = path.charAt(0).toLowerCase() + path.slice(1)
  throw new AwsError(
    "ValidationException",
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${issue!.message}`,
  )
}

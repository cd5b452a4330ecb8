import type * as z from "zod"
import type { Access, AwsRequest } from "../../../service.ts"
import { workgroupOf, type Warehouse } from "../warehouse.ts"

export interface Answer {
  /** An object, or its JSON text where numbers must keep all their digits. */
  body: object | string
  units?: Record<string, number>
}

export interface Operation<I = any> {
  input: z.ZodType<I>
  access(input: NoInfer<I>, warehouse: Warehouse): Access[]
  run(input: NoInfer<I>, request: AwsRequest, warehouse: Warehouse): Promise<Answer> | Answer
}

export const operation = <I>(definition: Operation<I>): Operation<I> => definition

/** Running SQL needs the action and, for the temporary database user, GetCredentials: both on the workgroup. https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-access.html */
export const onWorkgroup =
  (action: string) =>
  (input: { WorkgroupName?: string; ClusterIdentifier?: string; SessionId?: string }, warehouse: Warehouse): Access[] => {
    const resource = workgroupOf(input, warehouse).identity.arn!
    return [
      { action: `redshift-data:${action}`, resource },
      { action: "redshift-serverless:GetCredentials", resource },
    ]
  }

/** Actions on statements have no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftdataapi.html */
export const onAny = (action: string) => (): Access[] => [{ action: `redshift-data:${action}`, resource: "*" }]

/** A resource of a synthesized template, with its intrinsics resolved. */
export interface Resource {
  logicalId: string
  /** Physical name of the CloudFormation stack it belongs to. */
  stack: string
  /** `AWS::Kinesis::Stream` */
  type: string
  /** Resolved properties of the template. */
  properties: Record<string, any>
  identity: Identity
  /** `Metadata` of the template, resolved. */
  metadata?: Record<string, unknown>
}

/** What `Ref` and `Fn::GetAtt` answer for a resource. `ref` is the physical id; an ARN where the type has one. */
export interface Identity {
  ref: string
  arn?: string
  attributes: Record<string, string>
}

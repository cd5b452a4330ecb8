/** A record of GetRecords as it came. */
export interface StreamRecord {
  eventID: string
  dynamodb: { ApproximateCreationDateTime: number; Keys: Record<string, unknown>; SequenceNumber: string }
  userIdentity?: { Type: string; PrincipalId: string }
}

/** One record of https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html, as text: the API's record, with the stream it is from. */
export function eventRecord({ userIdentity, ...record }: StreamRecord, eventSourceARN: string): string {
  const identity = userIdentity && { userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId } }
  return JSON.stringify({ ...record, ...identity, eventSourceARN })
}

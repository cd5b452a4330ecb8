import { onAny, operation } from "./operation.ts"

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreams.html */
export const ListStreams = operation({
  members: ["Limit", "ExclusiveStartStreamName", "NextToken"],
  access: onAny("ListStreams"),
  run({ input, streams }) {
    const after = String(input.NextToken ?? input.ExclusiveStartStreamName ?? "")
    const names = streams
      .all()
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .filter(({ name }) => name > after)
    const page = names.slice(0, Math.min(Number(input.Limit ?? 100), 10_000))
    const HasMoreStreams = page.length < names.length
    return {
      output: {
        StreamNames: page.map(({ name }) => name),
        StreamSummaries: page.map(({ options }) => ({
          StreamName: options.name,
          StreamARN: options.arn,
          StreamStatus: "ACTIVE",
          StreamModeDetails: { StreamMode: options.mode },
          StreamCreationTimestamp: options.createdAt / 1000,
        })),
        HasMoreStreams,
        NextToken: HasMoreStreams ? page.at(-1)?.name : undefined,
      },
    }
  },
})

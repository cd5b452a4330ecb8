import type { Access, AwsRequest, Cloud } from "../../service.ts"

/** What an operation works with: the input, the request that brought it, and what its service keeps. */
export type Call<Input, Context> = Context & {
  input: Input
  cloud: Cloud
  request: AwsRequest
  /** cloud.now() when the call began. */
  now: number
}

export interface Answer {
  /** An object, or its text where that was written by hand; `{}` unless told. */
  output?: object | string
  /** For the call log: records, bytes, requests … */
  units?: Record<string, number>
}

/** One operation of a service. */
export interface Operation<Input, Context, Member extends string = keyof Input & string> {
  /** Members of its input that are acted on; any other is refused by name. */
  members: readonly Member[]
  /** What IAM is asked. */
  access(call: Call<Input, Context>): Access[]
  run(call: Call<Input, Context>): Answer | Promise<Answer>
}

/** An input as it came: nobody has looked at its members yet. */
export type Given<Member extends string> = Readonly<Partial<Record<Member, unknown>>>

/** Every operation of a service, by name. */
export type Operations<Context, Input = Given<string>> = Readonly<Record<string, Operation<Input, Context, string>>>

import { AwsError } from "../../service.ts"
import type { Block, ConverseRequest, Message } from "./request.ts"

/** Bedrock's own words where they are known, so that what is learnt from them at home is true in AWS. */
const invalid = (message: string): AwsError => new AwsError("ValidationException", message)
const malformed = (path: string, what: string): AwsError =>
  invalid(`1 validation error detected: Value at '${path}' failed to satisfy constraint: ${what}`)

const KINDS = ["text", "toolUse", "toolResult"] as const
const SKIPPED = [
  "cachePoint",
  "reasoningContent",
  "guardContent",
  "image",
  "document",
  "video",
  "audio",
  "citationsContent",
  "searchResult",
]

function checkBlock(block: Block, path: string, role: Message["role"]): void {
  const given = Object.keys(block ?? {})
  const kind = KINDS.find((name) => given.includes(name))
  if (!kind) {
    const [other] = given
    if (other && SKIPPED.includes(other))
      throw new AwsError(
        "ValidationException",
        `NOT_SIMULATED: bedrock ContentBlock.${other}: the local model reads text and tools.`,
      )
    throw malformed(path, "Member must have exactly one of text, toolUse, toolResult")
  }
  if (kind === "text" && (typeof block.text !== "string" || block.text.trim() === ""))
    throw invalid(`The text field in the ContentBlock object at ${path} is blank. Add text to the text field, and try again.`)
  if (kind === "toolUse" && role !== "assistant")
    throw invalid(`The toolUse block at ${path} is not allowed in a ${role} message.`)
  if (kind === "toolResult" && role !== "user")
    throw invalid(`The toolResult block at ${path} is not allowed in a ${role} message.`)
  if (kind === "toolUse") {
    const { toolUseId, name, input } = block.toolUse!
    if (!/^[a-zA-Z0-9_.:-]{1,64}$/.test(toolUseId ?? ""))
      throw malformed(`${path}.toolUse.toolUseId`, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+")
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name ?? ""))
      throw malformed(`${path}.toolUse.name`, "Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+")
    if (typeof input !== "object" || input === null || Array.isArray(input))
      throw invalid(
        `The format of the value at ${path}.toolUse.input is invalid. Provide a json object for the field and try again.`,
      )
  }
  if (kind === "toolResult" && !Array.isArray(block.toolResult!.content))
    throw malformed(`${path}.toolResult.content`, "Member must not be null")
}

const usesOf = (message: Message | undefined): string[] =>
  (message?.content ?? []).flatMap(({ toolUse }) => toolUse?.toolUseId ?? [])
const resultsOf = (message: Message | undefined): string[] =>
  (message?.content ?? []).flatMap(({ toolResult }) => toolResult?.toolUseId ?? [])

/** Every use of a tool is answered in the next message, and nothing else is. */
function checkPairs(messages: Message[]): void {
  for (const [index, message] of messages.entries()) {
    const asked = message.role === "user" ? usesOf(messages[index - 1]) : []
    const given = resultsOf(message)
    const path = `messages.${index}.content`
    if (given.length > asked.length)
      throw invalid(`The number of toolResult blocks at ${path} exceeds the number of toolUse blocks of previous turn.`)
    const missing = asked.filter((id) => !given.includes(id))
    if (missing.length > 0) throw invalid(`Expected toolResult blocks at ${path} for the following Ids: ${missing.join(", ")}`)
  }
}

function checkTools(request: ConverseRequest): void {
  const uses = request.messages.some(({ content }) => content.some(({ toolUse, toolResult }) => toolUse ?? toolResult))
  const tools = request.toolConfig?.tools
  if (uses && !tools) throw invalid("The toolConfig field must be defined when using toolUse and toolResult content blocks.")
  if (!tools) return
  if (!Array.isArray(tools) || tools.length === 0)
    throw malformed("toolConfig.tools", "Member must have length greater than or equal to 1")
  const seen = new Set<string>()
  for (const [index, { toolSpec, ...other }] of tools.entries()) {
    if (!toolSpec) {
      if ("cachePoint" in other) continue
      throw malformed(`toolConfig.tools.${index + 1}.member`, "Member must not be null")
    }
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(toolSpec.name ?? ""))
      throw malformed(
        `toolConfig.tools.${index + 1}.member.toolSpec.name`,
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+",
      )
    if (seen.has(toolSpec.name))
      throw invalid(`The tool name ${toolSpec.name} is already defined at toolConfig.tools.${index}.toolSpec.`)
    seen.add(toolSpec.name)
    if (typeof toolSpec.inputSchema?.json !== "object" || toolSpec.inputSchema.json === null)
      throw invalid(`The value at toolConfig.tools.${index}.toolSpec.inputSchema.json must be a JSON schema of type object.`)
    if ((toolSpec.inputSchema.json as { type?: unknown }).type !== "object")
      throw invalid(`The value at toolConfig.tools.${index}.toolSpec.inputSchema.json.type must be one of the following: object.`)
  }
}

function checkInference({ maxTokens, temperature, topP, stopSequences }: NonNullable<ConverseRequest["inferenceConfig"]>): void {
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens >= 1))
    throw malformed("inferenceConfig.maxTokens", "Member must have value greater than or equal to 1")
  for (const [name, value] of Object.entries({ temperature, topP }))
    if (value !== undefined && !(typeof value === "number" && value >= 0 && value <= 1))
      throw malformed(`inferenceConfig.${name}`, "Member must have value between 0 and 1")
  if (stopSequences !== undefined && !Array.isArray(stopSequences))
    throw malformed("inferenceConfig.stopSequences", "Member must be a list")
}

/** The request as a model may rely on it, or Bedrock's ValidationException. */
export function validated(json: unknown): ConverseRequest {
  const request = json as ConverseRequest
  if (typeof json !== "object" || json === null)
    throw new AwsError("SerializationException", "The request body is not a JSON object.")
  const { messages, system, inferenceConfig } = request
  if (!Array.isArray(messages) || messages.length === 0)
    throw malformed("messages", "Member must have length greater than or equal to 1")
  for (const [index, message] of messages.entries()) {
    if (message?.role !== "user" && message?.role !== "assistant")
      throw malformed(`messages.${index + 1}.member.role`, "Member must satisfy enum value set: [user, assistant]")
    if (!Array.isArray(message.content) || message.content.length === 0)
      throw invalid(
        `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
      )
    for (const [at, block] of message.content.entries()) checkBlock(block, `messages.${index}.content.${at}`, message.role)
    if (message.role === messages[index - 1]?.role)
      throw invalid(
        `A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.`,
      )
  }
  if (messages[0]!.role !== "user")
    throw invalid("A conversation must start with a user message. Try again with a conversation that starts with a user message.")
  if (messages.at(-1)!.role !== "user")
    throw invalid("The last turn in a conversation must be a user message. Add a user message to the conversation and try again.")
  if (system?.some(({ text }) => text !== undefined && text.trim() === ""))
    throw invalid(
      "The text field in the SystemContentBlock object at system.0 is blank. Add text to the text field, and try again.",
    )
  checkTools(request)
  checkPairs(messages)
  if (inferenceConfig) checkInference(inferenceConfig)
  return request
}

import * as z from "zod"
import type { Statement } from "../../analytics/statement.ts"

/** Something the model may ask for: a named statement with a schema of what it may be asked with. */
export interface Tool<P extends z.ZodObject = z.ZodObject, S extends z.ZodObject = z.ZodObject> {
  name: string
  description: string
  input: P
  statement: Statement<S>
  toParams(input: z.output<P>): z.input<S>
}

/** Keeps the types of a tool's parts. Where the input is the statement's own, nothing has to be translated. */
export const tool = <P extends z.ZodObject, S extends z.ZodObject>(definition: Tool<P, S>): Tool => definition

/** The tool as Converse wants it: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html */
export function specOf({ name, description, input }: Tool) {
  const { $schema: _, ...json } = z.toJSONSchema(input, { io: "input", unrepresentable: "any" })
  return { toolSpec: { name, description, inputSchema: { json: json as never } } }
}

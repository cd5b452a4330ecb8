import type { FunctionError } from "./protocol.ts"

/** A thrown value as Lambda's Node runtime reports it. */
export function functionError(thrown: unknown): FunctionError {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] }
  return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? "").split("\n") }
}

export function unhandledRejection(reason: unknown): FunctionError {
  const { trace } = functionError(reason)
  return { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: String(reason), trace }
}

/** Why a handler's file cannot be used: https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-deployment.html */
export function loadError(thrown: unknown): FunctionError {
  const error = functionError(thrown)
  const code = (thrown as { code?: unknown } | null)?.code
  if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") return { ...error, errorType: "Runtime.ImportModuleError" }
  if (thrown instanceof SyntaxError) return { ...error, errorType: "Runtime.UserCodeSyntaxError" }
  return error
}

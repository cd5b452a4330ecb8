/**
 * The trace header of an invocation, which SDK clients send with every call: a call can so be told to belong to its invocation. Nothing is
 * sampled. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function traceOf(requestId: string, at: number): string {
  const id = requestId.replaceAll("-", "")
  const seconds = Math.floor(at / 1000)
    .toString(16)
    .padStart(8, "0")
  return `Root=1-${seconds}-${id.slice(0, 24)};Parent=${id.slice(16)};Sampled=0`
}

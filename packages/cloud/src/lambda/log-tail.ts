/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_ResponseSyntax */
const TAIL_BYTES = 4_096

/** The last lines of invocations whose callers asked for them. */
export class LogTails {
  private readonly lines = new Map<string, string[]>()

  begin(requestId: string): void {
    this.lines.set(requestId, [])
  }

  add(requestId: string, line: string): void {
    this.lines.get(requestId)?.push(line)
  }

  /** What `x-amz-log-result` carries: the last 4 KB in base64. */
  end(requestId: string): string {
    const text = Buffer.from((this.lines.get(requestId) ?? []).map((line) => `${line}\n`).join(""))
    this.lines.delete(requestId)
    return text.subarray(-TAIL_BYTES).toString("base64")
  }
}

/** One AWS call, as GET /_local/calls shows it. */
export interface Call {
  /** Position in the log, from 1. */
  n: number
  at: number
  /** Function, role or AWS service that called, or `admin`. */
  caller: string
  /** The function, where it was one; and its version, where the call names its invocation. */
  function?: string
  version?: string
  /** Request id of the invocation that called. */
  invocation?: string
  role?: string
  service: string
  operation: string
  /** What was asked of IAM, and the statement that decided each. */
  access: { action: string; resource: string; decision: "allow" | "deny" | "implicitDeny"; statement?: string }[]
  decision: "allow" | "deny" | "implicitDeny"
  /** 0 where the client got no answer. */
  status: number
  error?: string
  /** From 1, as the client counts its attempts. */
  attempt: number
  /** Kind of the fault that hit it. */
  fault?: string
  ms: number
  units: Record<string, number>
  priceMicroUsd: number
  requestId: string
}

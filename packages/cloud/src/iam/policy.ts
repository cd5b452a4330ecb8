import type { PrincipalElement } from "./principal.ts"

export type OneOrMany<T> = T | readonly T[]

export interface Statement {
  Sid?: string
  Effect: "Allow" | "Deny"
  /** Of resource policies only. */
  Principal?: PrincipalElement
  Action?: OneOrMany<string>
  NotAction?: OneOrMany<string>
  Resource?: OneOrMany<string>
  NotResource?: OneOrMany<string>
  Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany<string | number | boolean>>>>>
}

/** A policy document with its intrinsics resolved. */
export interface Policy {
  /** Statements are named after it in the call log. */
  name: string
  document: { Version?: string; Id?: string; Statement: OneOrMany<Statement> }
}

/** IAM's own words, then where and what to do. */
export function malformed(words: string, where: string, fix: string): Error {
  return new Error(`MalformedPolicyDocument: ${words} (${where}: ${fix})`)
}

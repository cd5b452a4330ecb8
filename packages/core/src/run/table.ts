import * as z from "zod"
import { IdOf } from "../id.ts"
import type { RunEvent } from "./event.ts"

/**
 * Runs in CONVERSATION_TABLE, the only file that knows their keys:
 * - `run#<id>` / `head`: who, where, how far. Every append moves it, so that a writer without the lease writes nothing.
 * - `run#<id>` / `event#<offset, 8 digits>`: the log. Read after an offset: query `sk > event#<after>`.
 */
const STATES = ["queued", "running", "done", "error", "stopped"] as const

export const Info = z.object({
  runId: IdOf("run"),
  conversationId: IdOf("conversation"),
  userId: z.string(),
  /** The question, and the id its answer will have. */
  questionId: IdOf("message"),
  messageId: IdOf("message"),
  state: z.enum(STATES),
  /** Last offset of the log; 0 while it is empty. */
  offset: z.number(),
  /** How often a worker took it. */
  attempt: z.number(),
  stopRequested: z.boolean().optional(),
  createdAt: z.number(),
  /** Who writes, and until when nobody else may; epoch milliseconds. */
  leaseOwner: z.string().optional(),
  leaseUntil: z.number().optional(),
})
export type Info = z.output<typeof Info>

export const partition = (runId: string): string => `run#${runId}`
export const headKey = (runId: string) => ({ pk: partition(runId), sk: "head" })
const eventSk = (offset: number): string => `event#${String(offset).padStart(8, "0")}`
/** Partition and sort keys between which the events after an offset are. */
export const eventsAfter = (runId: string, offset: number) => [partition(runId), eventSk(offset + 1), "event#~"] as const

export const headItem = (info: Info) => ({ ...headKey(info.runId), ...info })
export const eventItem = (runId: string, event: RunEvent, at: number) => ({
  pk: partition(runId),
  sk: eventSk(event.offset),
  event,
  createdAt: at,
})
/** Only this module writes events, so they are trusted as they come. */
export const eventOf = (item: Record<string, unknown>): RunEvent => item.event as RunEvent

export const isOver = (state: Info["state"]): boolean => state === "done" || state === "error" || state === "stopped"

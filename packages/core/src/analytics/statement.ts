import * as z from "zod"
import type { Columns, Parameters, RowOf } from "../warehouse/index.ts"

/** SQL with the values of its named parameters. */
export interface Bound {
  sql: string
  values: Parameters
}

/** A named question that the warehouse can answer: the one way in which rows are read. */
export interface Statement<P extends z.ZodObject = z.ZodObject, C extends Columns = Columns> {
  /** `performances.history` */
  name: string
  /** What it answers, in a sentence; also what the assistant reads. */
  description: string
  /** Strict: what a statement does not know is refused. Descriptions are part of the assistant's tool schemas. */
  params: P
  /** Result columns, decoded. */
  row: C
  /** Composes fixed fragments by which parameters are there; values only ever travel as parameters. */
  bind(params: z.output<P>): Bound
  /** Throws where what was asked for has no honest answer, which only the rows tell. */
  verify?(row: RowOf<C>, params: z.output<P>): void
}

/** Keeps the types of a statement's parts. */
export const statement = <P extends z.ZodObject, C extends Columns>(definition: Statement<P, C>): Statement<P, C> => definition

/** Collects conditions with the values they name, so that a query never has a parameter it does not use. */
export class Conditions {
  private readonly parts: string[] = []
  readonly values: Record<string, string | number> = {}

  /** Adds the condition if every value is there. */
  add(condition: string, values: Record<string, string | number | undefined>): void {
    if (Object.values(values).includes(undefined)) return
    this.parts.push(condition)
    Object.assign(this.values, values)
  }

  get any(): boolean {
    return this.parts.length > 0
  }

  /** The conditions joined by AND; `1 = 1` where there is none. */
  get sql(): string {
    return this.any ? this.parts.join("\n  AND ") : "1 = 1"
  }
}

import type { Cloud } from "../../../service.ts"
import { SqlError } from "../sql/error.ts"
import type { Plan } from "../statements/plan.ts"
import type { Connection, Rows } from "./connection.ts"
import { copyParquet } from "./copy.ts"
import { createLike } from "./like.ts"

export interface Outcome {
  /** Rows changed; of a query, rows found. */
  count: number
  rows?: Rows
}

/** Runs the steps of one plan on a connection. `stopped` is asked between steps. */
export async function execute(
  connection: Connection,
  plan: Plan,
  parameters: Readonly<Record<string, string>>,
  cloud: Cloud,
  stopped: () => boolean,
): Promise<Outcome> {
  // A parameter may be called `1`, which the engine would take for a position.
  const bound = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`p_${name}`, value]))
  let count = 0
  for (const [i, step] of plan.steps.entries()) {
    if (stopped()) return { count }
    if (plan.rows && i === plan.steps.length - 1 && step.kind === "run") {
      const rows = await connection.query(step.sql, bound)
      return { count: rows.rows.length, rows }
    }
    if (step.kind === "run") count = await connection.run(step.sql, bound)
    else if (step.kind === "refuse") {
      if ((await connection.values(step.sql, bound)).length > 0) throw new SqlError(step.message)
    } else if (step.kind === "record") {
      for (const sql of step.sql) await connection.run(sql, { user: plan.context.user! })
    } else if (step.kind === "copy") count = await copyParquet(connection, step.copy, cloud, stopped)
    else await createLike(connection, step)
  }
  return { count: plan.noEffect ? 0 : count }
}

import * as z from "zod"

/** Which socket of whom. */
export const Ref = z.object({ connectionId: z.string().min(1), userId: z.string().min(1) })

import * as z from "zod"
import { Key } from "../text.ts"

/** Which socket of whom. */
export const Ref = z.object({ connectionId: Key(), userId: Key() })

import { withActor } from "@backline/core/actor"
import * as Ingest from "@backline/core/ingest"

/** Every minute: objects of the lake whose message to the loader got lost. */
export const handler = () => withActor({ type: "system" }, Ingest.reannounce)

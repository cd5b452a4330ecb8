/** Bounds of one answer. The worker's function may run 120 s; what is left after these 110 s is for storing how it ended. */
export const TOTAL_MS = 110_000
/** A model that is silent this long does not come back in time. Gaps of 30 s were seen in healthy streams. */
export const GAP_MS = 45_000
/** Times the model may ask for tools before it has to answer. */
export const TOOL_ROUNDS = 6
/** Tools of one turn that are run; more are answered with an error. */
export const TOOLS_A_TURN = 8
export const MAX_TOKENS = 2_000
/** Of one tool, for the model. */
export const MODEL_ROWS = 50
export const MODEL_BYTES = 16 * 1024
/** Of one tool, for the reader. */
export const RECEIPT_ROWS = 100
export const RECEIPT_BYTES = 100 * 1024
/** What a model may have sent as a tool's input and still sees it in the log. */
export const INPUT_BYTES = 4 * 1024
/** Earlier messages that go along with a question. */
export const HISTORY_MESSAGES = 20
export const HISTORY_CHARACTERS = 24_000
/** Repeats of a call that failed before it said anything. */
export const RETRIES = 3
export const BACKOFF_MS = 300

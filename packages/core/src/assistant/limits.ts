/** Bounds of one answer. The worker's function may run 120 s; what is left after these 110 s is for storing how it ended. */
export const TOTAL_MS = 110_000
/** How long the end of a run is tried to be stored. Less than what is left of a lease without its beat, and of the function's time. */
export const ENDING_MS = 8_000
/** Figures follow the end of a turn at once, or never. */
export const FIGURES_MS = 2_000
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
/** What a model may have sent as a tool's input and still sees it in the log; characters. */
export const INPUT_SHOWN = 4 * 1024
/** Of one tool's input: what is longer is not run. */
export const INPUT_CHARACTERS = 16 * 1024
/** Of all that one turn says besides its text: a stream that goes on for ever ends here. */
export const TURN_CHARACTERS = 1024 * 1024
/** Of an answer's text, all turns together; ten times what the tokens above make. */
export const ANSWER_BYTES = 96 * 1024
/** Of what a tool's failure is told with. */
export const MESSAGE_CHARACTERS = 500
/** Earlier messages that go along with a question. */
export const HISTORY_MESSAGES = 20
export const HISTORY_CHARACTERS = 24_000
/** Repeats of a call that failed before it said anything. */
export const RETRIES = 3
/** Bound of the pause before the first of them. */
export const BACKOFF_MS = 600
/** A model server that asks for a longer pause than this is not waited for: the reader is told when to ask again. */
export const LONGEST_HINT_MS = 2_000

import type { Person } from "@backline/client"

/** Who answers when `@assistant` is mentioned. */
export const ASSISTANT_ID = "assistant"
export const isAssistant = ({ id }: Pick<Person, "id">): boolean => id === ASSISTANT_ID

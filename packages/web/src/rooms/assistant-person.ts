import { ASSISTANT_ID, type Person } from "@backline/client"

/** Who answers when `@assistant` is mentioned. */
export const isAssistant = ({ id }: Pick<Person, "id">): boolean => id === ASSISTANT_ID

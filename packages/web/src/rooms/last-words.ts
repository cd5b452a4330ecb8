import { ASSISTANT_ID, type Person } from "@backline/client"

/** What a list says of the last message. Only the assistant writes Markdown: its signs are no words. */
export const lastWords = ({ user, text }: { user: Pick<Person, "id">; text: string }): string =>
  user.id === ASSISTANT_ID ? text.replaceAll(/\*\*|`/g, "") : text

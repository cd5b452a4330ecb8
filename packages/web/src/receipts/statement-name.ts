import type { Receipt } from "@backline/client"

/** The short name of what ran: a named statement (`venues.popularity`) by its own, anything else by its tool. */
export const statementName = ({ statementId, tool }: Pick<Receipt, "statementId" | "tool">): string =>
  /^[a-z_]+(\.[a-z_]+)+$/.test(statementId) ? statementId : tool

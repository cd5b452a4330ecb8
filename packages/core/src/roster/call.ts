/**
 * Who is in a room's call is a roster of its own beside the room's: sets of connections, which end with them and are swept like any. Nothing is posted
 * to it; the room hears who comes and goes.
 */
const END = "/call"

export const callOf = (room: string): string => room + END

/** The room of a call's topic, undefined for any other. */
export const roomOfCall = (topic: string): string | undefined => (topic.endsWith(END) ? topic.slice(0, -END.length) : undefined)

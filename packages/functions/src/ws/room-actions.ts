import * as FanOut from "@backline/core/fan-out"
import { now } from "@backline/core/clock"
import * as Room from "@backline/core/room"
import { action, type Actions } from "./action.ts"

/** A repeat that comes later than this is from somebody who got no answer, or an error; perhaps nobody else heard either. Readers drop what they have. */
const UNHEARD_MS = 250

/** The frames that the verbs' results become. */
const tell = (room: string, type: string, more: object) => FanOut.publish({ topic: room, frame: { type, room, ...more } })
const hint = (room: string, type: string, more: object, except?: string) =>
  FanOut.publish({ topic: room, frame: { type, room, ...more }, ephemeral: true, ...(except !== undefined && { except }) })

async function announce({ message, isNew, tidy }: Room.Sent): Promise<void> {
  try {
    if (isNew || now() - message.at > UNHEARD_MS)
      await FanOut.publish({ topic: message.room, frame: { type: "message", ...message } })
  } finally {
    await tidy?.()
  }
}

/** What a socket may ask of rooms. Everybody hears of it after the ack, so that nobody's slow socket delays the sender's answer. */
export const ROOM_ACTIONS: Actions<"room"> = {
  "room.join": action(
    () => Room.join.schema.omit({ connectionId: true }),
    async (input, { connectionId }) => {
      const { user, entered, ...ack } = await Room.join({ ...input, connectionId })
      return {
        ack,
        follow: async () => {
          if (entered) await hint(ack.room, "presence", { joined: [user], left: [] }, connectionId)
        },
      }
    },
  ),

  "room.leave": action(
    () => Room.leave.schema.omit({ connectionId: true }),
    async (input, { connectionId }) => {
      const { room, user, left, seenAt } = await Room.leave({ ...input, connectionId })
      return {
        ack: {},
        follow: async () => {
          if (left) await hint(room, "presence", { joined: [], left: [{ ...user, seenAt }] })
        },
      }
    },
  ),

  "room.send": action(
    () => Room.send.schema.omit({ connectionId: true }),
    async (input, { connectionId }) => {
      const sent = await Room.send({ ...input, connectionId })
      await Room.askAssistant(sent.message)
      const { epoch, seq, messageId, at } = sent.message
      return { ack: { epoch, seq, messageId, at }, follow: () => announce(sent) }
    },
  ),

  "room.history": action(
    () => Room.history.schema,
    async (input) => ({ ack: Room.inFrame(await Room.history(input)) }),
  ),

  "room.edit": action(
    () => Room.edit.schema,
    async (input) => {
      const { room, ...edited } = await Room.edit(input)
      return { ack: {}, follow: () => tell(room, "message.edited", edited) }
    },
  ),

  "room.react": action(
    () => Room.react.schema,
    async (input) => {
      const { room, ...reaction } = await Room.react(input)
      return { ack: {}, follow: () => tell(room, "reaction", reaction) }
    },
  ),

  "room.read": action(
    () => Room.read.schema,
    async (input) => {
      const { room, moved, ...mark } = await Room.read(input)
      return {
        ack: {},
        follow: async () => {
          if (moved) await hint(room, "read", mark)
        },
      }
    },
  ),

  "room.typing": action(
    () => Room.typing.schema,
    async (input, { connectionId }) => {
      const { room, ...who } = await Room.typing(input)
      return { ack: {}, follow: () => hint(room, "typing", who, connectionId) }
    },
  ),

  "room.call": action(
    () => Room.call.schema.omit({ connectionId: true }),
    async (input, { connectionId }) => {
      const { room, user, isIn } = await Room.call({ ...input, connectionId })
      return { ack: {}, follow: () => hint(room, "call", isIn ? { joined: [user], left: [] } : { joined: [], left: [user] }) }
    },
  ),
}

/** What of livekit-client calls use. Loaded when somebody joins the first call of a tab: it weighs more than the rest of the console's first page. */
export { ConnectionErrorReason, DisconnectReason, Room, RoomEvent, Track } from "livekit-client"
